// The way of an order to its customer, and the service "shipping".
#pragma once

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>
#include <shop/shipping_events.hpp>

#include <array>
#include <memory>
#include <string>

namespace shop::shipping {

class carrier;

using intake::OrderCancellationRequested;
using orders::CompletionRefused;
using orders::OrderCancelled;
using payment::PaymentProcessed;

/// Books a carrier when the order is paid. It remembers only a cancellation that comes first: after it has decided it is
/// forgotten, and a late cancellation is the order's affair.
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
                          reel::until<ShippingScheduled, ShippingFailed, OrderCancelled>>;

  static constexpr std::array field_names{"withheld"};
  bool withheld = false;
};

[[nodiscard]] reel::described_service service(std::shared_ptr<const carrier> carrier);

} // namespace shop::shipping
