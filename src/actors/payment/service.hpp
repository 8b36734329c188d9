// The service "payment": charges an order's customer, and pays back.
#pragma once

#include <reel/service.hpp>

#include <memory>

namespace shop::payment {

class payment_gateway;
struct payment_terms;

[[nodiscard]] reel::described_service service(std::shared_ptr<const payment_gateway> gateway,
                                              const payment_terms& terms);

} // namespace shop::payment
