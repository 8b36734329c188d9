#include "actors/payment/payment.hpp"

#include "actors/payment/gateway.hpp"

#include <stdexcept>

namespace shop::payment {

reel::one_of<PaymentProcessed, PaymentFailed> Payment::charge(const InventoryReserved& e,
                                                              const reel::context& ctx) const {
  if (withheld) {
    return ctx.make<PaymentFailed>(e.order(), Reason::customer_cancelled);
  }
  const auto answer = ctx.provided<payment_gateway>().charge({ctx.key(), e.amount()});
  if (!answer.approved) {
    return ctx.make<PaymentFailed>(e.order(), Reason::payment_declined);
  }
  return ctx.make<PaymentProcessed>(e.order(), e.amount(), answer.reference);
}

// Once charged, a later stage decides.
reel::maybe<PaymentWithheld> Payment::withhold(const OrderCancellationRequested& e, const reel::context& ctx) const {
  if (decided || withheld) {
    return {};
  }
  return ctx.make<PaymentWithheld>(e.order());
}

namespace {

template <class Event>
reel::emitted<PaymentRefunded> pay_back(const Payment& payment, const Event& why, const reel::context& ctx) {
  if (payment.charged == 0) {
    throw std::logic_error("a refund for an order that was not charged");
  }
  return ctx.make<PaymentRefunded>(why.order(), payment.charged, why.reason());
}

} // namespace

reel::all<PaymentRefunded> Payment::refund(const ShippingFailed& e, const reel::context& ctx) const {
  return pay_back(*this, e, ctx);
}

reel::all<PaymentRefunded> Payment::refund_cancelled(const ShippingCancelled& e, const reel::context& ctx) const {
  return pay_back(*this, e, ctx);
}

void Payment::apply(const PaymentProcessed& e) {
  decided = true;
  charged = e.amount();
}

void Payment::apply(const PaymentFailed&) {
  decided = true;
}

void Payment::apply(const PaymentWithheld&) {
  withheld = true;
}

void Payment::apply(const PaymentRefunded&) {
  charged = 0;
}

reel::described_service service(std::shared_ptr<const payment_gateway> gateway) {
  return reel::service("payment").hosts<Payment>().provides<payment_gateway>(std::move(gateway));
}

} // namespace shop::payment
