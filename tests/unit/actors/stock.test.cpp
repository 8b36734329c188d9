// What one SKU does.
#include "actors/inventory/stock.hpp"

#include "order_lines.hpp"

#include <doctest/doctest.h>

using namespace shop;
using namespace shop::inventory;
using namespace shop::test;
using reel::test::given;
using reel::test::make;

namespace {

const auto ten_added = make<StockAdded>("tea", 10U);

} // namespace

TEST_CASE("goods that are received are on hand") {
  auto stock = given<Stock>("tea");
  stock.when(make<GoodsReceived>("tea", 10U));
  stock.expect(ten_added);
  CHECK(stock.state<Stock>().on_hand == 10);
  stock.when(make<GoodsReceived>("tea", 5U)).expect(make<StockAdded>("tea", 5U));
  CHECK(stock.state<Stock>().on_hand == 15);
}

TEST_CASE("each SKU of an order sets aside its own line") {
  const auto order = order_created("17", {{"tea", 4, 399}, {"cup", 6, 1200}});
  auto tea = given<Stock>("tea", ten_added);
  tea.when(order);
  tea.expect(make<StockReserved>("17", "tea", 4U, 399U, 2U));
  CHECK(tea.state<Stock>().on_hand == 6);
  CHECK(tea.state<Stock>().reserved == 4);
  given<Stock>("cup", make<StockAdded>("cup", 6U)).when(order).expect(make<StockReserved>("17", "cup", 6U, 1200U, 2U));
}

TEST_CASE("stock that does not suffice is short, and stays as it is") {
  auto stock = given<Stock>("tea", ten_added);
  stock.when(order_created("17", {{"tea", 11, 399}}));
  stock.expect(make<StockShort>("17", "tea", 11U, 10U, 1U));
  CHECK(stock.state<Stock>().on_hand == 10);
  CHECK(stock.state<Stock>().reserved == 0);
}

TEST_CASE("an SKU that nobody has heard of is short") {
  given<Stock>("tea").when(order_created("17", {{"tea", 1, 399}})).expect(make<StockShort>("17", "tea", 1U, 0U, 1U));
}

TEST_CASE("what is set aside is not there for the next order") {
  given<Stock>("tea", ten_added, make<StockReserved>("16", "tea", 7U, 0U, 1U))
      .when(order_created("17", {{"tea", 4, 399}}))
      .expect(make<StockShort>("17", "tea", 4U, 3U, 1U));
}

TEST_CASE("a line is given back when the order is undone") {
  auto stock = given<Stock>("tea", ten_added, make<StockReserved>("17", "tea", 4U, 399U, 2U));
  SUBCASE("after its reservation was complete") {
    stock.when(inventory_released("17", Reason::payment_declined, {{"cup", 6}, {"tea", 4}}));
  }
  SUBCASE("because another line is short") {
    stock.when(reservation_failed("17", Reason::out_of_stock, {{"tea", 4}}));
  }
  stock.expect(make<StockReleased>("17", "tea", 4U));
  CHECK(stock.state<Stock>().on_hand == 10);
  CHECK(stock.state<Stock>().reserved == 0);
}
