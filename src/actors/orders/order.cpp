#include "actors/orders/order.hpp"

namespace shop::orders {

reel::one_of<OrderCompleted, CompletionRefused> Order::complete(const ShippingScheduled& e,
                                                                const reel::context& ctx) const {
  if (withheld) {
    return ctx.make<CompletionRefused>(e.order(), Reason::customer_cancelled);
  }
  return ctx.make<OrderCompleted>(e.order());
}

reel::maybe<CompletionWithheld> Order::withhold(const OrderCancellationRequested& e, const reel::context& ctx) const {
  if (withheld) {
    return {};
  }
  return ctx.make<CompletionWithheld>(e.order());
}

reel::all<OrderCancelled> Order::close(const ReservationClosed& e, const reel::context& ctx) const {
  return ctx.make<OrderCancelled>(e.order(), e.reason());
}

reel::all<OrderCancelled> Order::close_unserved(const InventoryUnavailable& e, const reel::context& ctx) const {
  return ctx.make<OrderCancelled>(e.order(), e.reason());
}

void Order::apply(const CompletionWithheld&) {
  withheld = true;
}

// What follows from these is the affair of others, or the end.
void Order::apply(const OrderCompleted&) {}
void Order::apply(const CompletionRefused&) {}
void Order::apply(const OrderCancelled&) {}

} // namespace shop::orders
