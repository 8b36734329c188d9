#include "actors/inventory/reservation.hpp"

namespace shop::inventory {

namespace {

using offsets = std::vector<flatbuffers::Offset<OrderLine>>;

offsets write_lines(flatbuffers::FlatBufferBuilder& builder, const std::vector<Reservation::claimed_line>& lines) {
  offsets result;
  result.reserve(lines.size() + 1);
  for (const auto& line : lines) {
    result.push_back(CreateOrderLine(builder, builder.CreateString(line.sku), line.quantity));
  }
  return result;
}

} // namespace

reel::one_of<LineReserved, InventoryReserved, InventoryReservationFailed>
Reservation::gather(const StockReserved& line, const reel::context& ctx) const {
  if (answered + 1 < line.lines()) {
    return ctx.make<LineReserved>(line.order(), line.sku(), line.quantity(), line.amount(), line.lines());
  }
  if (is_short || withheld) {
    return fail(ctx, &line);
  }
  return ctx.make<InventoryReserved>(line.order(), amount + line.amount(), line.sku(), line.quantity());
}

reel::one_of<LineShort, InventoryReservationFailed> Reservation::gather_short(const StockShort& line,
                                                                              const reel::context& ctx) const {
  if (answered + 1 < line.lines()) {
    return ctx.make<LineShort>(line.order(), line.lines());
  }
  return fail(ctx, nullptr);
}

/// `last`: the line that came last, when it was set aside and is not among `lines` yet.
reel::emitted<InventoryReservationFailed> Reservation::fail(const reel::context& ctx, const StockReserved* last) const {
  return ctx.build<InventoryReservationFailed>([&](flatbuffers::FlatBufferBuilder& builder) {
    auto all = write_lines(builder, lines);
    if (last != nullptr) {
      all.push_back(CreateOrderLine(builder, builder.CreateString(last->sku()), last->quantity()));
    }
    const bool short_of_stock = is_short || last == nullptr;
    const auto order = builder.CreateString(ctx.key());
    return CreateInventoryReservationFailed(builder, order,
                                            short_of_stock ? Reason::out_of_stock : Reason::customer_cancelled,
                                            builder.CreateVector(all));
  });
}

// Once the stock is claimed, a later stage decides: payment, shipping or, at the very last, the order.
reel::maybe<ReservationWithheld> Reservation::withhold(const OrderCancellationRequested& request,
                                                       const reel::context& ctx) const {
  if (decided || withheld) {
    return {};
  }
  return ctx.make<ReservationWithheld>(request.order());
}

namespace {

template <class Event>
reel::emitted<InventoryReleased> released(const Event& why, const std::vector<Reservation::claimed_line>& lines,
                                          const reel::context& ctx) {
  return ctx.build<InventoryReleased>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto all = write_lines(builder, lines);
    const auto order = builder.CreateString(why.order());
    return CreateInventoryReleased(builder, order, why.reason(), builder.CreateVector(all));
  });
}

} // namespace

reel::all<InventoryReleased> Reservation::release(const PaymentFailed& failed, const reel::context& ctx) const {
  return released(failed, lines, ctx);
}

reel::all<InventoryReleased> Reservation::release_refunded(const PaymentRefunded& refunded,
                                                           const reel::context& ctx) const {
  return released(refunded, lines, ctx);
}

reel::one_of<LineReleased, ReservationClosed> Reservation::gather_released(const StockReleased& line,
                                                                           const reel::context& ctx) const {
  if (releasing > 1) {
    return ctx.make<LineReleased>(line.order());
  }
  return ctx.make<ReservationClosed>(line.order(), reason);
}

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
