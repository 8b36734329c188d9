// The service "orders": how orders end.
#pragma once

#include <reel/service.hpp>

namespace shop::orders {

[[nodiscard]] reel::described_service service();

} // namespace shop::orders
