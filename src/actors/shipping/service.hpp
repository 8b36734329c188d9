// The service "shipping": books a carrier for paid orders.
#pragma once

#include <reel/service.hpp>

#include <memory>

namespace shop::shipping {

class carrier;

[[nodiscard]] reel::described_service service(std::shared_ptr<const carrier> carrier);

} // namespace shop::shipping
