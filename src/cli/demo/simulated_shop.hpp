// How a simulation draws the shop: orders, shares of failures, cancellations.
#pragma once

#include <reel/simulate.hpp>

namespace reel::demo {

[[nodiscard]] simulated_program simulated_shop();

} // namespace reel::demo
