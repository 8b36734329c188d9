// How an order ends.
#include "actors/orders/order.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

using namespace shop;
using namespace shop::orders;
using reel::test::given;
using reel::test::make;

namespace {

const auto scheduled = make<ShippingScheduled>("17", 4711U);
const auto cancellation = make<OrderCancellationRequested>("17");

} // namespace

TEST_CASE("an order that is on its way is complete") {
  auto order = given<Order>("17");
  order.when(scheduled);
  order.expect(make<OrderCompleted>("17"));
}

TEST_CASE("a cancellation that comes before the end turns the order round") {
  auto order = given<Order>("17");
  order.when(cancellation);
  order.expect(make<CompletionWithheld>("17"));
  order.when(cancellation).expect_nothing();
  order.when(scheduled).expect(make<CompletionRefused>("17", Reason::customer_cancelled));
  order.when(cancellation).expect_nothing();
  CHECK(order.state<Order>().withheld);
  order.when(make<ReservationClosed>("17", Reason::customer_cancelled))
      .expect(make<OrderCancelled>("17", Reason::customer_cancelled));
  CHECK_FALSE(order.state<Order>().withheld); // forgotten
}

TEST_CASE("an order is cancelled when all its stock is back") {
  auto order = given<Order>("17");
  order.when(make<ReservationClosed>("17", Reason::payment_declined));
  order.expect(make<OrderCancelled>("17", Reason::payment_declined));
}

TEST_CASE("an order is cancelled when there was no stock at all") {
  given<Order>("17")
      .when(make<InventoryUnavailable>("17", Reason::out_of_stock))
      .expect(make<OrderCancelled>("17", Reason::out_of_stock));
}

TEST_CASE("a cancellation that comes too late changes nothing: it is only noted") {
  auto order = given<Order>("17", make<OrderCompleted>("17"));
  order.when(cancellation);
  order.expect(make<CompletionWithheld>("17"));
}
