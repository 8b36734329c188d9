// The way of an order to its customer.
#pragma once

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>
#include <shop/shipping_events.hpp>

#include <array>
#include <string>

namespace shop::shipping {

using intake::OrderCancellationRequested;
using orders::CompletionRefused;
using orders::OrderCancelled;
using orders::OrderCompleted;
using payment::PaymentProcessed;

/// Books a carrier when the order is paid, and takes the booking back when the order turns round at the very end.
///
/// All that it has to remember is a cancellation that came first. So it is forgotten as soon as it has decided; a
/// cancellation that comes later is the order's affair.
struct Shipment {
  using key = std::string; // the order

  reel::one_of<ShippingScheduled, ShippingFailed> schedule(const PaymentProcessed& e, const reel::context& ctx) const;
  reel::maybe<ShippingWithheld> withhold(const OrderCancellationRequested& e, const reel::context& ctx) const;
  reel::all<ShippingCancelled> take_back(const CompletionRefused& e, const reel::context& ctx) const;

  void apply(const ShippingScheduled& e);
  void apply(const ShippingFailed& e);
  void apply(const ShippingWithheld& e);
  void apply(const ShippingCancelled& e);

  using flow = reel::flow<reel::react<&Shipment::schedule>, reel::react<&Shipment::withhold>,
                          reel::undo<ShippingScheduled, &Shipment::take_back>,
                          reel::until<ShippingScheduled, ShippingFailed, OrderCompleted, OrderCancelled>>;

  static constexpr std::array field_names{"withheld"};
  bool withheld = false; ///< the customer has cancelled
};

} // namespace shop::shipping
