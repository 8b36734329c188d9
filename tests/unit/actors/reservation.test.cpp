// How an order's lines are gathered, and given back.
#include "actors/inventory/reservation.hpp"

#include "order_lines.hpp"

#include <doctest/doctest.h>

using namespace shop;
using namespace shop::inventory;
using namespace shop::test;
using reel::test::given;
using reel::test::make;

namespace {

const auto tea_reserved = make<StockReserved>("17", "tea", 4U, 400U, 2U);
const auto cup_reserved = make<StockReserved>("17", "cup", 6U, 600U, 2U);
const auto tea_short = make<StockShort>("17", "tea", 4U, 1U, 2U);
const auto cup_short = make<StockShort>("17", "cup", 6U, 0U, 2U);
const auto tea_noted = make<LineReserved>("17", "tea", 4U, 400U);
const auto short_noted = make<LineShort>("17");
const auto cancellation = make<OrderCancellationRequested>("17");
const auto withheld = make<ReservationWithheld>("17");
const auto all_reserved = make<InventoryReserved>("17", 1000U, "cup", 6U);
const std::vector<line> both_lines{{"tea", 4}, {"cup", 6}};

} // namespace

TEST_CASE("the first answers are noted, the last one completes the reservation") {
  auto order = given<Reservation>("17");
  order.when(tea_reserved);
  order.expect(tea_noted);
  order.when(cup_reserved).expect(all_reserved);
  CHECK(order.state<Reservation>().lines.size() == 2);
  CHECK(order.state<Reservation>().decided);
}

TEST_CASE("an order of one line needs no note") {
  given<Reservation>("17")
      .when(make<StockReserved>("17", "tea", 4U, 400U, 1U))
      .expect(make<InventoryReserved>("17", 400U, "tea", 4U));
}

TEST_CASE("a line that is short fails the reservation once all have answered") {
  SUBCASE("short first") {
    auto order = given<Reservation>("17");
    order.when(tea_short);
    order.expect(short_noted);
    order.when(cup_reserved).expect(reservation_failed("17", Reason::out_of_stock, {{"cup", 6}}));
  }
  SUBCASE("short last") {
    given<Reservation>("17", tea_noted)
        .when(cup_short)
        .expect(reservation_failed("17", Reason::out_of_stock, {{"tea", 4}}));
  }
  SUBCASE("all short: nothing to give back") {
    given<Reservation>("17", short_noted)
        .when(cup_short)
        .expect(make<InventoryUnavailable>("17", Reason::out_of_stock));
  }
}

TEST_CASE("a cancellation before the last answer fails the reservation") {
  SUBCASE("before the first answer") {
    auto order = given<Reservation>("17");
    order.when(cancellation);
    order.expect(withheld);
    order.when(tea_reserved).expect(tea_noted);
    order.when(cup_reserved).expect(reservation_failed("17", Reason::customer_cancelled, both_lines));
  }
  SUBCASE("between the answers") {
    given<Reservation>("17", tea_noted, withheld)
        .when(cup_reserved)
        .expect(reservation_failed("17", Reason::customer_cancelled, both_lines));
  }
  SUBCASE("a second cancellation is nothing new") {
    given<Reservation>("17", withheld).when(cancellation).expect_nothing();
  }
  SUBCASE("and a line is short as well") {
    given<Reservation>("17", tea_noted, withheld)
        .when(cup_short)
        .expect(reservation_failed("17", Reason::out_of_stock, {{"tea", 4}}));
  }
}

TEST_CASE("a cancellation after the decision is for a later stage") {
  given<Reservation>("17", tea_noted, all_reserved).when(cancellation).expect_nothing();
  given<Reservation>("17", short_noted, make<InventoryUnavailable>("17", Reason::out_of_stock))
      .when(cancellation)
      .expect_nothing();
  given<Reservation>("17", tea_noted, reservation_failed("17", Reason::out_of_stock, {{"tea", 4}}))
      .when(cancellation)
      .expect_nothing();
}

TEST_CASE("the claim is withdrawn when the payment fails or is refunded") {
  auto order = given<Reservation>("17", tea_noted, all_reserved);
  SUBCASE("failed") {
    order.when(make<PaymentFailed>("17", Reason::payment_declined))
        .expect(inventory_released("17", Reason::payment_declined, both_lines));
  }
  SUBCASE("not paid in time") {
    order.when(make<PaymentTimedOut>("17")).expect(inventory_released("17", Reason::payment_timed_out, both_lines));
  }
  SUBCASE("refunded") {
    order.when(make<PaymentRefunded>("17", 1000U, 1U, Reason::shipping_failed))
        .expect(inventory_released("17", Reason::shipping_failed, both_lines));
  }
}

TEST_CASE("the reservation is closed when all lines are back, with the reason") {
  const auto tea_back = make<StockReleased>("17", "tea", 4U);
  const auto cup_back = make<StockReleased>("17", "cup", 6U);
  SUBCASE("of a complete one") {
    auto order = given<Reservation>("17", tea_noted, all_reserved,
                                    inventory_released("17", Reason::payment_declined, both_lines));
    order.when(cup_back);
    order.expect(make<LineReleased>("17"));
    order.when(tea_back).expect(make<ReservationClosed>("17", Reason::payment_declined));
  }
  SUBCASE("of a failed one") {
    given<Reservation>("17", tea_noted, reservation_failed("17", Reason::out_of_stock, {{"tea", 4}}))
        .when(tea_back)
        .expect(make<ReservationClosed>("17", Reason::out_of_stock));
  }
}

TEST_CASE("a reservation is forgotten when its order ends") {
  auto order = given<Reservation>("17", tea_noted, all_reserved);
  SUBCASE("completed") {
    order.when(make<OrderCompleted>("17"));
  }
  SUBCASE("cancelled") {
    order.when(make<OrderCancelled>("17", Reason::payment_declined));
  }
  order.expect_nothing();
  CHECK_FALSE(order.state<Reservation>().decided);
  CHECK(order.state<Reservation>().lines.empty());
}
