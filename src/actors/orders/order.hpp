// How an order ends.
#pragma once

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/shipping_events.hpp>

#include <array>
#include <string>

namespace shop::orders {

using intake::OrderCancellationRequested;
using inventory::InventoryUnavailable;
using inventory::ReservationClosed;
using shipping::ShippingScheduled;

/// Completes an order that is on its way, or closes one that has been undone.
///
/// It is the last to decide, and alone: a cancellation that arrives before the decision turns the order round, a later
/// one changes nothing.
struct Order {
  using key = std::string; // the order

  reel::one_of<OrderCompleted, CompletionRefused> complete(const ShippingScheduled& e, const reel::context& ctx) const;
  reel::maybe<CompletionWithheld> withhold(const OrderCancellationRequested& e, const reel::context& ctx) const;
  reel::all<OrderCancelled> close(const ReservationClosed& e, const reel::context& ctx) const;
  reel::all<OrderCancelled> close_unserved(const InventoryUnavailable& e, const reel::context& ctx) const;

  void apply(const OrderCompleted& e);
  void apply(const CompletionRefused& e);
  void apply(const CompletionWithheld& e);
  void apply(const OrderCancelled& e);

  using flow = reel::flow<reel::react<&Order::complete>, reel::react<&Order::withhold>, reel::react<&Order::close>,
                          reel::react<&Order::close_unserved>, reel::until<OrderCompleted, OrderCancelled>>;

  static constexpr std::array field_names{"withheld"};
  bool withheld = false; ///< the customer has cancelled
};

} // namespace shop::orders
