// How much stock the demo starts with.
#pragma once

#include "cli/demo/order_source.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace reel::demo {

/// Goods for each SKU that the orders ask for, by SKU: `per_sku` of each when given. Otherwise what is asked for,
/// except that every 12th SKU by demand gets only 70 % of it, so that a few per cent of the orders run short: about 1
/// in 12 lines is of such a SKU, and 30 % of those are too many. (Less when other orders fail and give back their
/// stock.)
[[nodiscard]] std::vector<sku_demand> plan_stock(std::vector<sku_demand> demand, std::optional<std::uint64_t> per_sku);

inline constexpr std::size_t short_sku_period = 12;
inline constexpr std::uint64_t short_sku_percent = 70;

} // namespace reel::demo
