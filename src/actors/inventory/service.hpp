// The service "inventory": what is in stock, and what orders have claimed of it.
#pragma once

#include <reel/service.hpp>

namespace shop::inventory {

[[nodiscard]] reel::described_service service();

} // namespace shop::inventory
