#include "actors/inventory/reservation.hpp"

namespace shop::inventory {

namespace {

using claimed_lines = std::vector<Reservation::claimed_line>;
using built_lines = std::vector<flatbuffers::Offset<OrderLine>>;

built_lines build_lines(flatbuffers::FlatBufferBuilder& builder, const claimed_lines& lines) {
  built_lines result;
  result.reserve(lines.size() + 1);
  for (const auto& line : lines) {
    result.push_back(CreateOrderLine(builder, builder.CreateString(line.sku), line.quantity));
  }
  return result;
}

/// `last`: the line that came last, when it was set aside; the state does not know it yet.
reel::emitted<InventoryReservationFailed> give_back(const claimed_lines& lines, const StockReserved* last,
                                                    Reason reason, const reel::context& ctx) {
  return ctx.build<InventoryReservationFailed>([&](flatbuffers::FlatBufferBuilder& builder) {
    auto all = build_lines(builder, lines);
    if (last != nullptr) {
      all.push_back(CreateOrderLine(builder, builder.CreateString(last->sku()), last->quantity()));
    }
    const auto order = builder.CreateString(ctx.key());
    return CreateInventoryReservationFailed(builder, order, reason, builder.CreateVector(all));
  });
}

reel::emitted<InventoryReleased> withdraw(const claimed_lines& lines, Reason reason, const reel::context& ctx) {
  return ctx.build<InventoryReleased>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto all = build_lines(builder, lines);
    const auto order = builder.CreateString(ctx.key());
    return CreateInventoryReleased(builder, order, reason, builder.CreateVector(all));
  });
}

} // namespace

// -- gathering the answers --------------------------------------------------------------------------------------------

reel::one_of<LineReserved, InventoryReserved, InventoryReservationFailed>
Reservation::gather(const StockReserved& line, const reel::context& ctx) const {
  if (answered + 1 < line.lines()) {
    return ctx.make<LineReserved>(line.order(), line.sku(), line.quantity(), line.amount());
  }
  if (is_short || withheld) {
    return give_back(lines, &line, is_short ? Reason::out_of_stock : Reason::customer_cancelled, ctx);
  }
  return ctx.make<InventoryReserved>(line.order(), amount + line.amount(), line.sku(), line.quantity());
}

reel::one_of<LineShort, InventoryReservationFailed, InventoryUnavailable>
Reservation::gather_short(const StockShort& line, const reel::context& ctx) const {
  if (answered + 1 < line.lines()) {
    return ctx.make<LineShort>(line.order());
  }
  if (lines.empty()) {
    return ctx.make<InventoryUnavailable>(line.order(), Reason::out_of_stock);
  }
  return give_back(lines, nullptr, Reason::out_of_stock, ctx);
}

// Once the stock is claimed a later stage decides: payment, shipping or, at the very last, the order.
reel::maybe<ReservationWithheld> Reservation::withhold(const OrderCancellationRequested& request,
                                                       const reel::context& ctx) const {
  if (decided || withheld) {
    return {};
  }
  return ctx.make<ReservationWithheld>(request.order());
}

// -- giving back ------------------------------------------------------------------------------------------------------

reel::all<InventoryReleased> Reservation::release_unpaid(const PaymentFailed& failed, const reel::context& ctx) const {
  return withdraw(lines, failed.reason(), ctx);
}

reel::all<InventoryReleased> Reservation::release_abandoned(const PaymentAbandoned& abandoned,
                                                            const reel::context& ctx) const {
  return withdraw(lines, abandoned.reason(), ctx);
}

reel::all<InventoryReleased> Reservation::release_timed_out(const PaymentTimedOut&, const reel::context& ctx) const {
  return withdraw(lines, Reason::payment_timed_out, ctx);
}

reel::all<InventoryReleased> Reservation::release_refunded(const PaymentRefunded& refunded,
                                                           const reel::context& ctx) const {
  return withdraw(lines, refunded.reason(), ctx);
}

reel::one_of<LineReleased, ReservationClosed> Reservation::gather_released(const StockReleased& line,
                                                                           const reel::context& ctx) const {
  if (releasing > 1) {
    return ctx.make<LineReleased>(line.order());
  }
  return ctx.make<ReservationClosed>(line.order(), reason);
}

// -- folds ------------------------------------------------------------------------------------------------------------

void Reservation::apply(const LineReserved& e) {
  ++answered;
  amount += e.amount();
  lines.push_back({e.sku()->str(), e.quantity()});
}

void Reservation::apply(const LineShort&) {
  ++answered;
  is_short = true;
}

void Reservation::apply(const ReservationWithheld&) {
  withheld = true;
}

void Reservation::apply(const InventoryReserved& e) {
  ++answered;
  decided = true;
  amount = e.amount();
  lines.push_back({e.sku()->str(), e.quantity()});
}

void Reservation::apply(const InventoryReservationFailed& e) {
  ++answered;
  decided = true;
  reason = e.reason();
  releasing = e.lines()->size();
}

void Reservation::apply(const InventoryUnavailable& e) {
  ++answered;
  decided = true;
  reason = e.reason();
}

void Reservation::apply(const InventoryReleased& e) {
  reason = e.reason();
  releasing = e.lines()->size();
}

void Reservation::apply(const LineReleased&) {
  --releasing;
}

void Reservation::apply(const ReservationClosed&) {
  releasing = 0;
}

} // namespace shop::inventory
