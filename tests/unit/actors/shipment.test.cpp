// When a carrier is booked, and the booking taken back.
#include "actors/shipping/shipment.hpp"

#include "actors/shipping/carrier.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace shop;
using namespace shop::shipping;
using reel::test::given;
using reel::test::make;

namespace {

class fixed_carrier final : public carrier {
public:
  explicit fixed_carrier(booking_answer answer) : answer_(answer) {}
  [[nodiscard]] booking_answer book(const booking_request&) const override {
    return answer_;
  }

private:
  booking_answer answer_;
};

const std::shared_ptr<const carrier> accepting = std::make_shared<fixed_carrier>(booking_answer{true, 4711});
const std::shared_ptr<const carrier> refusing = std::make_shared<fixed_carrier>(booking_answer{});

const auto paid = make<PaymentProcessed>("17", 500U, 501U);
const auto cancellation = make<OrderCancellationRequested>("17");
const auto withheld = make<ShippingWithheld>("17");

} // namespace

TEST_CASE("a carrier is booked when the order is paid") {
  auto order = given<Shipment>("17");
  order.providing(accepting).when(paid);
  order.expect(make<ShippingScheduled>("17", 4711U));
  order.when(cancellation).expect(withheld); // too late: for the order to decide
}

TEST_CASE("an order that no carrier takes is a failure") {
  auto order = given<Shipment>("17");
  order.providing(refusing).when(paid);
  order.expect(make<ShippingFailed>("17", Reason::shipping_failed));
}

TEST_CASE("a cancellation before the booking prevents it, whatever the carrier would say") {
  auto order = given<Shipment>("17");
  order.providing(accepting).when(cancellation);
  order.expect(withheld);
  order.when(cancellation).expect_nothing();
  order.when(paid).expect(make<ShippingFailed>("17", Reason::customer_cancelled));
  CHECK_FALSE(order.state<Shipment>().withheld); // forgotten
}

TEST_CASE("the booking is taken back when the order turns round") {
  const auto refused = make<orders::CompletionRefused>("17", Reason::customer_cancelled);
  const auto taken_back = make<ShippingCancelled>("17", Reason::customer_cancelled);
  given<Shipment>("17").when(refused).expect(taken_back);
  given<Shipment>("17", withheld).when(refused).expect(taken_back); // noted after the booking
}

TEST_CASE("the note of a late cancellation is forgotten when the order ends") {
  auto order = given<Shipment>("17", withheld);
  SUBCASE("completed") {
    order.when(make<OrderCompleted>("17"));
  }
  SUBCASE("cancelled") {
    order.when(make<OrderCancelled>("17", Reason::shipping_failed));
  }
  order.expect_nothing();
  CHECK_FALSE(order.state<Shipment>().withheld); // forgotten
}
