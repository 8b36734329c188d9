// What an order's customer has paid.
#pragma once

#include "actors/payment/gateway.hpp"

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>
#include <shop/shipping_events.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace shop::payment {

using intake::OrderCancellationRequested;
using inventory::InventoryReserved;
using orders::OrderCancelled;
using orders::OrderCompleted;
using shipping::ShippingCancelled;
using shipping::ShippingFailed;

/// What the shop grants its customers, and which of them never confirm their payment: always the same ones for the
/// same seed.
struct payment_terms {
  std::chrono::nanoseconds time_to_pay = std::chrono::minutes(15);
  double unpaid = 0;
  std::uint64_t seed = 1;
  [[nodiscard]] bool is_confirmed(std::string_view order) const;
};

/// Lets the gateway charge when the stock is reserved, and pay back when shipping fails or is taken back.
///
/// The gateway is called by effects, after the request has been committed and with its id as the key: once or twice, it
/// charges once. When it does not answer, nobody knows whether it has charged; then the order is undone, and the charge
/// is made void. When the customer does not confirm in time, the gateway is never asked.
struct Payment {
  using key = std::string; // the order

  reel::one_of<PaymentRequested, PaymentFailed, PaymentAwaited> request(const InventoryReserved& e,
                                                                        const reel::context& ctx) const;
  std::chrono::nanoseconds time_to_pay(const PaymentAwaited& e, const reel::context& ctx) const;
  reel::maybe<PaymentWithheld> withhold(const OrderCancellationRequested& e, const reel::context& ctx) const;
  reel::all<RefundRequested> refund_unshipped(const ShippingFailed& e, const reel::context& ctx) const;
  reel::all<RefundRequested> refund_cancelled(const ShippingCancelled& e, const reel::context& ctx) const;

  static void charge(const PaymentRequested& e, const reel::effect_context& ctx, reel::completion<charge_answer> done);
  reel::one_of<PaymentProcessed, PaymentFailed> charged(const PaymentRequested& e, const charge_answer& answer,
                                                        const reel::context& ctx) const;
  reel::one_of<PaymentAbandoned> abandon(const PaymentRequested& e, const reel::effect_failure& failure,
                                         const reel::context& ctx) const;

  static void refund(const RefundRequested& e, const reel::effect_context& ctx, reel::completion<refund_answer> done);
  reel::all<PaymentRefunded> refunded(const RefundRequested& e, const refund_answer& answer,
                                      const reel::context& ctx) const;

  static void make_void(const PaymentAbandoned& e, const reel::effect_context& ctx, reel::completion<void_answer> done);
  reel::all<ChargeVoided> made_void(const PaymentAbandoned& e, const void_answer& answer,
                                    const reel::context& ctx) const;

  void apply(const PaymentRequested& e);
  void apply(const PaymentProcessed& e);
  void apply(const PaymentFailed& e);
  void apply(const PaymentAbandoned& e);
  void apply(const PaymentAwaited& e);
  void apply(const PaymentTimedOut& e);
  void apply(const PaymentWithheld& e);
  void apply(const RefundRequested& e);
  void apply(const PaymentRefunded& e);
  void apply(const ChargeVoided& e);

  using flow = reel::flow<
      reel::react<&Payment::request>, reel::react<&Payment::withhold>,
      reel::effect<PaymentRequested, &Payment::charge, &Payment::charged, reel::otherwise<&Payment::abandon>>,
      reel::effect<PaymentAbandoned, &Payment::make_void, &Payment::made_void>, reel::react<&Payment::refund_unshipped>,
      reel::react<&Payment::refund_cancelled>,
      reel::effect<RefundRequested, &Payment::refund, &Payment::refunded, reel::undoes<PaymentProcessed>>,
      reel::deadline<PaymentTimedOut, reel::after<PaymentAwaited, &Payment::time_to_pay>,
                     reel::unless<PaymentRequested>>,
      reel::until<OrderCompleted, OrderCancelled, ChargeVoided>>;

  static constexpr std::array field_names{"money", "decided", "withheld"};
  std::uint64_t money = 0; ///< pence charged, and not paid back
  bool decided = false;    ///< a cancellation comes too late for this stage
  bool withheld = false;   ///< the customer has cancelled before
};

} // namespace shop::payment
