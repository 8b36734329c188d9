#include "cli/demo/stock_plan.hpp"

#include <algorithm>
#include <numeric>

namespace reel::demo {

std::vector<sku_demand> plan_stock(std::vector<sku_demand> demand, std::optional<std::uint64_t> per_sku) {
  if (per_sku) {
    for (auto& sku : demand)
      sku.quantity = *per_sku;
    return demand;
  }
  // Ranked by demand, so that popular and rare SKUs run short alike, whatever their names.
  std::vector<std::size_t> ranks(demand.size());
  std::iota(ranks.begin(), ranks.end(), std::size_t{0});
  std::sort(ranks.begin(), ranks.end(), [&](auto a, auto b) {
    return demand[a].quantity != demand[b].quantity ? demand[a].quantity > demand[b].quantity
                                                    : demand[a].sku < demand[b].sku;
  });
  for (std::size_t rank = short_sku_period / 2; rank < ranks.size(); rank += short_sku_period) {
    auto& quantity = demand[ranks[rank]].quantity;
    quantity = quantity / 100 * short_sku_percent + quantity % 100 * short_sku_percent / 100;
  }
  return demand;
}

} // namespace reel::demo
