// When a customer is charged, and paid back.
#include "actors/payment/payment.hpp"

#include "actors/payment/gateway.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace shop;
using namespace shop::payment;
using reel::test::given;
using reel::test::make;

namespace {

class fixed_gateway final : public payment_gateway {
public:
  explicit fixed_gateway(bool approves) : approves_(approves) {}
  [[nodiscard]] charge_answer charge(const charge_request& request) const override {
    return {approves_, request.amount + 1};
  }
  [[nodiscard]] refund_answer refund(const refund_request& request) const override {
    return {request.amount + 2};
  }

private:
  bool approves_;
};

const std::shared_ptr<const payment_gateway> approving = std::make_shared<fixed_gateway>(true);
const std::shared_ptr<const payment_gateway> declining = std::make_shared<fixed_gateway>(false);

const auto reserved = make<InventoryReserved>("17", 500U, "tea", 4U);
const auto processed = make<PaymentProcessed>("17", 500U, 501U);
const auto cancellation = make<OrderCancellationRequested>("17");
const auto withheld = make<PaymentWithheld>("17");

} // namespace

TEST_CASE("the customer is charged when the stock is reserved") {
  auto order = given<Payment>("17");
  order.providing(approving).when(reserved);
  order.expect(processed);
  CHECK(order.state<Payment>().charged == 500);
}

TEST_CASE("a charge that is declined is a failure") {
  auto order = given<Payment>("17");
  order.providing(declining).when(reserved);
  order.expect(make<PaymentFailed>("17", Reason::payment_declined));
  CHECK(order.state<Payment>().charged == 0);
}

TEST_CASE("a cancellation before the charge prevents it, whatever the gateway would say") {
  auto order = given<Payment>("17");
  order.providing(approving).when(cancellation);
  order.expect(withheld);
  order.when(cancellation).expect_nothing();
  order.when(reserved).expect(make<PaymentFailed>("17", Reason::customer_cancelled));
}

TEST_CASE("a cancellation after the decision is for a later stage") {
  given<Payment>("17", processed).when(cancellation).expect_nothing();
  given<Payment>("17", make<PaymentFailed>("17", Reason::payment_declined)).when(cancellation).expect_nothing();
}

TEST_CASE("the customer is paid back when the order is not shipped") {
  auto order = given<Payment>("17", processed);
  order.providing(approving);
  SUBCASE("because no carrier takes it") {
    order.when(make<ShippingFailed>("17", Reason::shipping_failed))
        .expect(make<PaymentRefunded>("17", 500U, 502U, Reason::shipping_failed));
  }
  SUBCASE("because it was taken back") {
    order.when(make<ShippingCancelled>("17", Reason::customer_cancelled))
        .expect(make<PaymentRefunded>("17", 500U, 502U, Reason::customer_cancelled));
  }
  CHECK(order.state<Payment>().charged == 0);
}

TEST_CASE("a payment is forgotten when its order ends") {
  auto order = given<Payment>("17", processed);
  SUBCASE("completed") {
    order.when(make<OrderCompleted>("17"));
  }
  SUBCASE("cancelled") {
    order.when(make<OrderCancelled>("17", Reason::shipping_failed));
  }
  order.expect_nothing();
  CHECK_FALSE(order.state<Payment>().decided);
  CHECK(order.state<Payment>().charged == 0);
}
