// The shop: four services that turn orders into shipments, or undo them, with nobody in charge.
#pragma once

#include <reel/descriptor.hpp>

#include <cstdint>

namespace shop {

struct shop_options {
  double payment_failures = 0.0;  ///< share of orders whose payment is declined
  double shipping_failures = 0.0; ///< share of orders that no carrier takes
  std::uint64_t seed = 1;
};

[[nodiscard]] reel::choreography_info choreography(const shop_options& options = {});

} // namespace shop
