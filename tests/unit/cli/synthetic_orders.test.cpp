#include "cli/demo/synthetic_orders.hpp"
#include "cli/demo/stock_plan.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace reel::demo;

TEST_CASE("the same seed makes the same orders, another seed others") {
  const auto a = make_synthetic_orders({.orders = 500, .seed = 3});
  const auto b = make_synthetic_orders({.orders = 500, .seed = 3});
  const auto c = make_synthetic_orders({.orders = 500, .seed = 4});
  CHECK(a->identity() == b->identity());
  CHECK(a->identity() != c->identity());
  bool different = false;
  while (const auto order = a->next()) {
    CHECK(order == b->next());
    different |= order != c->next();
  }
  CHECK_FALSE(b->next().has_value());
  CHECK(different);
}

TEST_CASE("the generated orders stay as they are: a run that was interrupted goes on with them") {
  const auto source = make_synthetic_orders({.orders = 10, .seed = 1});
  const auto first = source->next();
  REQUIRE(first.has_value());
  const auto source_again = make_synthetic_orders({.orders = 10, .seed = 1, .cancellations_ppm = 0});
  source_again->skip(9);
  CHECK(source_again->next()->id == "10");
  CHECK_FALSE(source_again->next().has_value());
}

TEST_CASE("an order has 1 to 6 lines, 3 on average, of distinct SKUs with a fixed price") {
  constexpr int orders = 20'000;
  const auto source = make_synthetic_orders({.orders = orders, .seed = 9, .cancellations_ppm = 50'000});
  std::map<std::string, std::uint64_t> prices, lines_by_sku;
  std::uint64_t lines = 0, cancelled = 0;
  std::set<std::string> ids;
  order next;
  while (source->next(next)) {
    ids.insert(next.id);
    lines += next.lines.size();
    cancelled += next.cancelled_by_customer ? 1 : 0;
    CHECK((next.lines.size() >= 1 && next.lines.size() <= synthetic_lines_max));
    std::set<std::string> skus;
    for (const auto& line : next.lines) {
      skus.insert(line.sku);
      ++lines_by_sku[line.sku];
      CHECK((line.quantity >= 1 && line.quantity <= synthetic_quantity_max));
      CHECK(prices.emplace(line.sku, line.unit_price).first->second == line.unit_price);
      CHECK(line.amount == line.unit_price * line.quantity);
    }
    CHECK(skus.size() == next.lines.size());
  }
  CHECK(ids.size() == orders);
  CHECK(lines > orders * 2.9);
  CHECK(lines < orders * 3.1);
  CHECK(cancelled > orders * 0.04);
  CHECK(cancelled < orders * 0.06);
  CHECK(lines_by_sku.size() > 950);
  std::uint64_t most = 0;
  for (const auto& [sku, count] : lines_by_sku)
    most = std::max(most, count);
  CHECK(most > lines / 50); // the favourite has about 3 % of all lines, an average SKU 0.1 %
}

TEST_CASE("demand is what the orders ask for, whatever has been read already") {
  const auto source = make_synthetic_orders({.orders = 1000, .seed = 2});
  source->skip(500);
  const auto demand = source->demand();
  std::map<std::string, std::uint64_t> expected;
  const auto again = make_synthetic_orders({.orders = 1000, .seed = 2});
  while (const auto order = again->next())
    for (const auto& line : order->lines)
      expected[line.sku] += line.quantity;
  REQUIRE(demand.size() == expected.size());
  for (const auto& [sku, quantity] : demand)
    CHECK(expected.at(sku) == quantity);
}

TEST_CASE("stock: the same for each SKU, or what makes a few orders run short") {
  const std::vector<sku_demand> demand{{"A", 10}, {"B", 20}};
  CHECK(plan_stock(demand, 7) == std::vector<sku_demand>{{"A", 7}, {"B", 7}});
  CHECK(plan_stock(demand, 0) == std::vector<sku_demand>{{"A", 0}, {"B", 0}});
  CHECK(plan_stock(demand, std::nullopt) == demand);
  CHECK(plan_stock({}, std::nullopt).empty());

  const auto wanted = make_synthetic_orders({.orders = 5000, .seed = 2})->demand();
  const auto stock = plan_stock(wanted, std::nullopt);
  REQUIRE(stock.size() == wanted.size());
  std::size_t shortened = 0;
  for (std::size_t i = 0; i < stock.size(); ++i) {
    CHECK(stock[i].sku == wanted[i].sku);
    CHECK(stock[i].quantity <= wanted[i].quantity);
    shortened += stock[i].quantity < wanted[i].quantity ? 1 : 0;
  }
  CHECK(shortened > wanted.size() / 14);
  CHECK(shortened < wanted.size() / 10);
}
