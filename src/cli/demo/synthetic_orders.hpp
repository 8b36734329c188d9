// Makes orders out of a seed: about a thousand SKUs, some of them far more popular than others.
#pragma once

#include "cli/demo/order_source.hpp"

#include <memory>

namespace reel::demo {

struct synthetic_options {
  std::uint64_t orders = 20'000;
  std::uint64_t seed = 1;
  std::uint32_t cancellations_ppm = 0; ///< share of orders that their customer cancels, in parts per million
};

inline constexpr std::uint32_t synthetic_skus = 1000;
inline constexpr std::uint32_t synthetic_lines_max = 6;
inline constexpr std::uint32_t synthetic_quantity_max = 5;

/// Each order is a pure function of the seed and its number: 1 to 6 lines (3 on average) of distinct SKUs, 1 to 5
/// pieces each. A SKU's price is always the same. Orders are numbered "1", "2", ...
[[nodiscard]] std::unique_ptr<order_source> make_synthetic_orders(const synthetic_options& options);

} // namespace reel::demo
