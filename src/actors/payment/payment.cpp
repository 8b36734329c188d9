#include "actors/payment/payment.hpp"

#include "actors/chance.hpp"

namespace shop::payment {

namespace {

const payment_gateway& gateway(const reel::effect_context& ctx) {
  return ctx.provided<payment_gateway>();
}

} // namespace

// -- charging ---------------------------------------------------------------------------------------------------------

bool payment_terms::is_confirmed(std::string_view order) const {
  return !happens(order, question::unpaid, seed, unpaid);
}

reel::one_of<PaymentRequested, PaymentFailed, PaymentAwaited> Payment::request(const InventoryReserved& e,
                                                                               const reel::context& ctx) const {
  if (withheld) {
    return ctx.make<PaymentFailed>(e.order(), Reason::customer_cancelled);
  }
  if (!ctx.provided<payment_terms>().is_confirmed(ctx.key())) {
    return ctx.make<PaymentAwaited>(e.order());
  }
  return ctx.make<PaymentRequested>(e.order(), e.amount());
}

std::chrono::nanoseconds Payment::time_to_pay(const PaymentAwaited&, const reel::context& ctx) const {
  return ctx.provided<payment_terms>().time_to_pay;
}

// Once the charge is requested a later stage decides about the order.
reel::maybe<PaymentWithheld> Payment::withhold(const OrderCancellationRequested& e, const reel::context& ctx) const {
  if (decided || withheld) {
    return {};
  }
  return ctx.make<PaymentWithheld>(e.order());
}

void Payment::charge(const PaymentRequested& e, const reel::effect_context& ctx, reel::completion<charge_answer> done) {
  gateway(ctx).charge({ctx.idempotency_key(), e.order()->string_view(), e.amount()}, std::move(done));
}

reel::one_of<PaymentProcessed, PaymentFailed> Payment::charged(const PaymentRequested& e, const charge_answer& answer,
                                                               const reel::context& ctx) const {
  if (!answer.approved) {
    return ctx.make<PaymentFailed>(e.order(), Reason::payment_declined);
  }
  return ctx.make<PaymentProcessed>(e.order(), e.amount(), answer.reference);
}

// -- when the gateway does not answer ---------------------------------------------------------------------------------

reel::one_of<PaymentAbandoned> Payment::abandon(const PaymentRequested& e, const reel::effect_failure& /*failure*/,
                                                const reel::context& ctx) const {
  return ctx.make<PaymentAbandoned>(e.order(), Reason::gateway_unavailable);
}

void Payment::make_void(const PaymentAbandoned& e, const reel::effect_context& ctx,
                        reel::completion<void_answer> done) {
  gateway(ctx).make_void({ctx.idempotency_key(), e.order()->string_view()}, std::move(done));
}

reel::all<ChargeVoided> Payment::made_void(const PaymentAbandoned& e, const void_answer& answer,
                                           const reel::context& ctx) const {
  return ctx.make<ChargeVoided>(e.order(), answer.amount);
}

// -- paying back ------------------------------------------------------------------------------------------------------

reel::all<RefundRequested> Payment::refund_unshipped(const ShippingFailed& e, const reel::context& ctx) const {
  return ctx.make<RefundRequested>(ctx.key(), money, e.reason());
}

reel::all<RefundRequested> Payment::refund_cancelled(const ShippingCancelled& e, const reel::context& ctx) const {
  return ctx.make<RefundRequested>(ctx.key(), money, e.reason());
}

void Payment::refund(const RefundRequested& e, const reel::effect_context& ctx, reel::completion<refund_answer> done) {
  gateway(ctx).refund({ctx.idempotency_key(), e.order()->string_view(), e.amount()}, std::move(done));
}

reel::all<PaymentRefunded> Payment::refunded(const RefundRequested& e, const refund_answer& answer,
                                             const reel::context& ctx) const {
  return ctx.make<PaymentRefunded>(e.order(), e.amount(), answer.reference, e.reason());
}

// -- folds ------------------------------------------------------------------------------------------------------------

void Payment::apply(const PaymentRequested&) {
  decided = true;
}

void Payment::apply(const PaymentProcessed& e) {
  money = e.amount();
}

void Payment::apply(const PaymentFailed&) {
  decided = true;
}

void Payment::apply(const PaymentAwaited&) {} // the deadline is armed, and a cancellation still comes in time

void Payment::apply(const PaymentTimedOut&) {
  decided = true;
}

void Payment::apply(const PaymentWithheld&) {
  withheld = true;
}

void Payment::apply(const PaymentRefunded&) {
  money = 0;
}

// There is nothing to remember of these.
void Payment::apply(const PaymentAbandoned&) {}
void Payment::apply(const RefundRequested&) {}
void Payment::apply(const ChargeVoided&) {}

} // namespace shop::payment
