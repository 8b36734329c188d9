// What an order's customer has paid.
#pragma once

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>
#include <shop/shipping_events.hpp>

#include <array>
#include <string>

namespace shop::payment {

using intake::OrderCancellationRequested;
using inventory::InventoryReserved;
using orders::OrderCancelled;
using orders::OrderCompleted;
using shipping::ShippingCancelled;
using shipping::ShippingFailed;

/// Charges when the stock is reserved; pays back when shipping fails or is taken back.
struct Payment {
  using key = std::string; // the order

  reel::one_of<PaymentProcessed, PaymentFailed> charge(const InventoryReserved& e, const reel::context& ctx) const;
  reel::maybe<PaymentWithheld> withhold(const OrderCancellationRequested& e, const reel::context& ctx) const;
  reel::all<PaymentRefunded> refund_unshipped(const ShippingFailed& e, const reel::context& ctx) const;
  reel::all<PaymentRefunded> refund_cancelled(const ShippingCancelled& e, const reel::context& ctx) const;

  void apply(const PaymentProcessed& e);
  void apply(const PaymentFailed& e);
  void apply(const PaymentWithheld& e);
  void apply(const PaymentRefunded& e);

  using flow =
      reel::flow<reel::react<&Payment::charge>, reel::react<&Payment::withhold>,
                 reel::undo<PaymentProcessed, &Payment::refund_unshipped>,
                 reel::undo<PaymentProcessed, &Payment::refund_cancelled>, reel::until<OrderCompleted, OrderCancelled>>;

  static constexpr std::array field_names{"charged", "decided", "withheld"};
  std::uint64_t charged = 0; ///< pence, and not paid back
  bool decided = false;      ///< a cancellation comes too late for this stage
  bool withheld = false;     ///< the customer has cancelled before
};

} // namespace shop::payment
