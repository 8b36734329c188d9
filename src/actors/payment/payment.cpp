#include "actors/payment/payment.hpp"

#include "actors/payment/gateway.hpp"

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

// Once the charge is decided a later stage decides about the order.
reel::maybe<PaymentWithheld> Payment::withhold(const OrderCancellationRequested& e, const reel::context& ctx) const {
  if (decided || withheld) {
    return {};
  }
  return ctx.make<PaymentWithheld>(e.order());
}

namespace {

reel::emitted<PaymentRefunded> pay_back(std::uint64_t amount, Reason reason, const reel::context& ctx) {
  const auto answer = ctx.provided<payment_gateway>().refund({ctx.key(), amount});
  return ctx.make<PaymentRefunded>(ctx.key(), amount, answer.reference, reason);
}

} // namespace

reel::all<PaymentRefunded> Payment::refund_unshipped(const ShippingFailed& e, const reel::context& ctx) const {
  return pay_back(charged, e.reason(), ctx);
}

reel::all<PaymentRefunded> Payment::refund_cancelled(const ShippingCancelled& e, const reel::context& ctx) const {
  return pay_back(charged, e.reason(), ctx);
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

} // namespace shop::payment
