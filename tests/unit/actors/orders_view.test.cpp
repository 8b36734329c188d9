// The read model of orders, row by row.
#include "actors/orders/orders_view.hpp"

#include "history.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using reel::test::history;
using shop::orders::orders_view;

namespace {

constexpr std::int64_t second_ms = 1000;

/// Folds a history as the runtime does, one second from event to event, and returns the row of order 17.
orders_view::row row_of(const history& h) {
  const orders_view view;
  orders_view::row row(view.columns().size());
  row[0] = std::string("17");
  const auto wanted = view.inputs();
  std::int64_t now_ms = 0;
  h.for_each([&](reel::fact event) {
    now_ms += second_ms;
    event.time = reel::timestamp(std::chrono::milliseconds(now_ms));
    if (std::find(wanted.begin(), wanted.end(), event.type->id) != wanted.end() && view.key(event) == "17") {
      view.apply(event, row);
    }
  });
  return row;
}

orders_view::row row(std::string state, reel::cell reason, std::int64_t created_ms, reel::cell ended_ms) {
  return {std::string("17"), std::string("somebody"), std::move(state), std::move(reason),
          std::int64_t{2},   std::int64_t{200},       created_ms,       std::move(ended_ms)};
}

} // namespace

TEST_CASE("an order's row says where it stands, and why it was cancelled") {
  history h;
  h.create("16", {{"tea", 1}});
  const auto created = h.create("17", {{"tea", 2}, {"cup", 1}});
  const reel::cell nothing;
  CHECK(row_of(h) == row("open", nothing, 2 * second_ms, nothing));
  SUBCASE("completed") {
    h.complete(created, "17");
    CHECK(row_of(h) == row("completed", nothing, 2 * second_ms, 3 * second_ms));
  }
  SUBCASE("cancelled") {
    h.cancel(created, "17");
    CHECK(row_of(h) == row("cancelled", std::string("shipping_failed"), 2 * second_ms, 3 * second_ms));
  }
}

TEST_CASE("the key is the first column") {
  CHECK(orders_view().columns().front().name == "order_id");
}
