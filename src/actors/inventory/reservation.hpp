// What an order has claimed of the stock.
#pragma once

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>

#include <array>
#include <string>
#include <vector>

namespace shop::inventory {

using intake::OrderCancellationRequested;
using orders::OrderCancelled;
using orders::OrderCompleted;
using payment::PaymentAbandoned;
using payment::PaymentFailed;
using payment::PaymentRefunded;
using payment::PaymentTimedOut;

/// Gathers the answers for an order's lines and claims the stock when all are there. When the order is undone it
/// withdraws the claim, and gathers again until all lines are back.
///
/// The last answer needs no event of its own: what it causes records it as well.
struct Reservation {
  using key = std::string; // the order

  static std::string_view keys(const StockReserved& e) {
    return e.order()->string_view();
  }
  static std::string_view keys(const StockShort& e) {
    return e.order()->string_view();
  }
  static std::string_view keys(const StockReleased& e) {
    return e.order()->string_view();
  }

  reel::one_of<LineReserved, InventoryReserved, InventoryReservationFailed> gather(const StockReserved& line,
                                                                                   const reel::context& ctx) const;
  reel::one_of<LineShort, InventoryReservationFailed, InventoryUnavailable>
  gather_short(const StockShort& line, const reel::context& ctx) const;
  reel::maybe<ReservationWithheld> withhold(const OrderCancellationRequested& request, const reel::context& ctx) const;

  reel::all<InventoryReleased> release_unpaid(const PaymentFailed& failed, const reel::context& ctx) const;
  reel::all<InventoryReleased> release_abandoned(const PaymentAbandoned& abandoned, const reel::context& ctx) const;
  reel::all<InventoryReleased> release_timed_out(const PaymentTimedOut& timed_out, const reel::context& ctx) const;
  reel::all<InventoryReleased> release_refunded(const PaymentRefunded& refunded, const reel::context& ctx) const;
  reel::one_of<LineReleased, ReservationClosed> gather_released(const StockReleased& line,
                                                                const reel::context& ctx) const;

  void apply(const LineReserved& e);
  void apply(const LineShort& e);
  void apply(const ReservationWithheld& e);
  void apply(const InventoryReserved& e);
  void apply(const InventoryReservationFailed& e);
  void apply(const InventoryUnavailable& e);
  void apply(const InventoryReleased& e);
  void apply(const LineReleased& e);
  void apply(const ReservationClosed& e);

  using flow =
      reel::flow<reel::react<&Reservation::gather>, reel::react<&Reservation::gather_short>,
                 reel::react<&Reservation::withhold>, reel::undo<InventoryReserved, &Reservation::release_unpaid>,
                 reel::undo<InventoryReserved, &Reservation::release_abandoned>,
                 reel::undo<InventoryReserved, &Reservation::release_timed_out>,
                 reel::undo<InventoryReserved, &Reservation::release_refunded>,
                 reel::react<&Reservation::gather_released>, reel::until<OrderCompleted, OrderCancelled>>;

  struct claimed_line {
    static constexpr std::array field_names{"sku", "quantity"};
    std::string sku;
    std::uint32_t quantity = 0;
  };

  static constexpr std::array field_names{"lines",   "amount",   "answered", "releasing",
                                          "decided", "is_short", "withheld", "reason"};
  std::vector<claimed_line> lines; ///< set aside
  std::uint64_t amount = 0;        ///< of these lines, in pence
  std::uint32_t answered = 0;      ///< lines that were set aside or are short
  std::uint32_t releasing = 0;     ///< lines that are still to come back
  bool decided = false;            ///< claimed or failed: a cancellation comes too late for this stage
  bool is_short = false;
  bool withheld = false;
  Reason reason = Reason::none; ///< why the order is undone
};

} // namespace shop::inventory
