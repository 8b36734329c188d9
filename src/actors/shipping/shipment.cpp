#include "actors/shipping/shipment.hpp"

#include "actors/shipping/carrier.hpp"

namespace shop::shipping {

reel::one_of<ShippingScheduled, ShippingFailed> Shipment::schedule(const PaymentProcessed& e,
                                                                   const reel::context& ctx) const {
  if (withheld) {
    return ctx.make<ShippingFailed>(e.order(), Reason::customer_cancelled);
  }
  const auto answer = ctx.provided<carrier>().book({ctx.key()});
  if (!answer.accepted) {
    return ctx.make<ShippingFailed>(e.order(), Reason::shipping_failed);
  }
  return ctx.make<ShippingScheduled>(e.order(), answer.tracking);
}

reel::maybe<ShippingWithheld> Shipment::withhold(const OrderCancellationRequested& e, const reel::context& ctx) const {
  if (withheld) {
    return {};
  }
  return ctx.make<ShippingWithheld>(e.order());
}

reel::all<ShippingCancelled> Shipment::take_back(const CompletionRefused& e, const reel::context& ctx) const {
  return ctx.make<ShippingCancelled>(e.order(), e.reason());
}

void Shipment::apply(const ShippingWithheld&) {
  withheld = true;
}

// There is nothing to remember of these.
void Shipment::apply(const ShippingScheduled&) {}
void Shipment::apply(const ShippingFailed&) {}
void Shipment::apply(const ShippingCancelled&) {}

} // namespace shop::shipping
