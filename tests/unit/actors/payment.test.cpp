// When a customer is charged, and paid back.
#include "actors/payment/payment.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace shop;
using namespace shop::payment;
using reel::test::given;
using reel::test::make;
using std::chrono::operator""min;

namespace {

class approving_gateway final : public payment_gateway {
public:
  void charge(const charge_request& request, reel::completion<charge_answer> done) const override {
    done(charge_answer{true, request.amount + 1});
  }
  void refund(const refund_request& request, reel::completion<refund_answer> done) const override {
    done(refund_answer{request.amount + 2});
  }
  void make_void(const void_request& /*request*/, reel::completion<void_answer> done) const override {
    done(void_answer{500});
  }
};

class silent_gateway final : public payment_gateway {
public:
  void charge(const charge_request& /*request*/, reel::completion<charge_answer> /*done*/) const override {}
  void refund(const refund_request& /*request*/, reel::completion<refund_answer> /*done*/) const override {}
  void make_void(const void_request& /*request*/, reel::completion<void_answer> /*done*/) const override {}
};

const std::shared_ptr<const payment_gateway> approving = std::make_shared<approving_gateway>();
const std::shared_ptr<const payment_gateway> silent = std::make_shared<silent_gateway>();

const auto reserved = make<InventoryReserved>("17", 500U, "tea", 4U);
const auto requested = make<PaymentRequested>("17", 500U);
const auto processed = make<PaymentProcessed>("17", 500U, 501U);
const auto cancellation = make<OrderCancellationRequested>("17");
const auto withheld = make<PaymentWithheld>("17");

const std::shared_ptr<const payment_terms> terms = std::make_shared<payment_terms>(payment_terms{15min});
const std::shared_ptr<const payment_terms> nobody_pays = std::make_shared<payment_terms>(payment_terms{15min, 1.0});

} // namespace

TEST_CASE("the gateway is asked for the money when the stock is reserved") {
  auto order = given<Payment>("17");
  order.providing(approving).providing(terms).when(reserved);
  order.expect(requested);
  order.expect_effect<&Payment::charge>();
  order.when_effect_runs<&Payment::charge>().expect(processed).expect_no_effect();
  CHECK(order.state<Payment>().money == 500);
}

TEST_CASE("a charge that is declined is a failure") {
  auto order = given<Payment>("17", requested);
  order.when_effect_returns<&Payment::charge>({});
  order.expect(make<PaymentFailed>("17", Reason::payment_declined)).expect_no_effect();
  CHECK(order.state<Payment>().money == 0);
}

TEST_CASE("when the gateway does not answer, the order is undone and whatever it has charged is given back") {
  auto order = given<Payment>("17", requested);
  order.providing(silent).when_effect_runs<&Payment::charge>();
  order.expect(make<PaymentAbandoned>("17", Reason::gateway_unavailable));
  order.expect_effect<&Payment::make_void>();
  order.when_effect_returns<&Payment::make_void>({500});
  order.expect(make<ChargeVoided>("17", 500U)).expect_no_effect();
}

TEST_CASE("a cancellation before the request prevents it, whatever the gateway would say") {
  auto order = given<Payment>("17");
  order.when(cancellation).expect(withheld);
  order.when(cancellation).expect_nothing();
  order.when(reserved).expect(make<PaymentFailed>("17", Reason::customer_cancelled)).expect_no_effect();
}

TEST_CASE("a cancellation after the request is for a later stage") {
  given<Payment>("17", requested).when(cancellation).expect_nothing();
  given<Payment>("17", requested, processed).when(cancellation).expect_nothing();
  given<Payment>("17", make<PaymentFailed>("17", Reason::payment_declined)).when(cancellation).expect_nothing();
}

TEST_CASE("the customer is paid back when the order is not shipped") {
  auto order = given<Payment>("17", processed);
  order.providing(approving).providing(terms);
  auto why = Reason::shipping_failed;
  SUBCASE("because no carrier takes it") {
    order.when(make<ShippingFailed>("17", why));
  }
  SUBCASE("because it was taken back") {
    why = Reason::customer_cancelled;
    order.when(make<ShippingCancelled>("17", why));
  }
  order.expect(make<RefundRequested>("17", 500U, why));
  CHECK(order.state<Payment>().money == 500);
  order.when_effect_runs<&Payment::refund>();
  order.expect(make<PaymentRefunded>("17", 500U, 502U, why));
  CHECK(order.state<Payment>().money == 0);
}

TEST_CASE("a refund that is given up is a dead letter, and never a refund") {
  auto order = given<Payment>("17", processed, make<RefundRequested>("17", 500U, Reason::shipping_failed));
  order.when_effect_fails<&Payment::refund>("closed for ever").expect_failure("closed for ever");
  CHECK(order.state<Payment>().money == 500);
}

TEST_CASE("an expectation about effects that is not met says so") {
  auto order = given<Payment>("17", processed);
  CHECK_THROWS_WITH_AS(order.expect_effect<&Payment::charge>(), "Payment \"17\"\n  owes no call of charge",
                       reel::test::mismatch);
  auto asked = given<Payment>("17", requested);
  CHECK_THROWS_AS(asked.expect_no_effect(), reel::test::mismatch);
}

TEST_CASE("a payment is forgotten when its order ends") {
  auto order = given<Payment>("17", requested, processed);
  SUBCASE("completed") {
    order.when(make<OrderCompleted>("17"));
  }
  SUBCASE("cancelled") {
    order.when(make<OrderCancelled>("17", Reason::shipping_failed));
  }
  order.expect_nothing();
  CHECK_FALSE(order.state<Payment>().decided);
  CHECK(order.state<Payment>().money == 0);
}

TEST_CASE("who does not pay in time is not charged, and a cancellation meanwhile changes nothing") {
  auto order = given<Payment>("17");
  order.providing(nobody_pays).when(reserved);
  order.expect(make<PaymentAwaited>("17")).expect_no_effect();
  SUBCASE("") {}
  SUBCASE("cancelled meanwhile") {
    order.when(cancellation).expect(withheld);
  }
  order.after(14min).expect_nothing();
  order.after(1min).expect(make<PaymentTimedOut>("17")).expect_no_effect();
  CHECK(order.state<Payment>().decided);
  order.after(60min).expect_nothing();
}

TEST_CASE("a payment that is requested does not time out") {
  auto order = given<Payment>("17");
  order.providing(terms).when(reserved).expect(requested);
  order.after(60min).expect_nothing();
}
