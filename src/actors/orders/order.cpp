#include "actors/orders/order.hpp"

namespace shop::orders {

reel::one_of<OrderCompleted, CompletionRefused> Order::complete(const ShippingScheduled& e,
                                                                const reel::context& ctx) const {
  if (cancellation_noted) {
    return ctx.make<CompletionRefused>(e.order(), Reason::customer_cancelled);
  }
  return ctx.make<OrderCompleted>(e.order());
}

reel::maybe<CancellationNoted> Order::note(const OrderCancellationRequested& e, const reel::context& ctx) const {
  if (cancellation_noted) {
    return {};
  }
  return ctx.make<CancellationNoted>(e.order());
}

reel::all<OrderCancelled> Order::close(const ReservationClosed& e, const reel::context& ctx) const {
  return ctx.make<OrderCancelled>(e.order(), e.reason());
}

reel::maybe<OrderCancelled> Order::close_unserved(const InventoryReservationFailed& e, const reel::context& ctx) const {
  if (e.lines()->size() > 0) {
    return {}; // the lines are given back first, then ReservationClosed follows
  }
  return ctx.make<OrderCancelled>(e.order(), e.reason());
}

void Order::apply(const OrderCompleted&) {
}

void Order::apply(const CompletionRefused&) {
}

void Order::apply(const CancellationNoted&) {
  cancellation_noted = true;
}

void Order::apply(const OrderCancelled&) {
}

reel::described_service service() {
  return reel::service("orders").hosts<Order>();
}

} // namespace shop::orders
