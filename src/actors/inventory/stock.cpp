#include "actors/inventory/stock.hpp"

#include <stdexcept>

namespace shop::inventory {

namespace {

using lines = flatbuffers::Vector<flatbuffers::Offset<OrderLine>>;

std::vector<std::string_view> skus(const lines& all) {
  std::vector<std::string_view> result;
  result.reserve(all.size());
  for (const auto* line : all) {
    result.push_back(line->sku()->string_view());
  }
  return result;
}

const OrderLine& line_of(const lines& all, std::string_view sku) {
  for (const auto* line : all) {
    if (line->sku()->string_view() == sku) {
      return *line;
    }
  }
  throw std::logic_error("no line of SKU " + std::string(sku));
}

} // namespace

std::vector<std::string_view> Stock::keys(const OrderCreated& order) {
  return skus(*order.lines());
}

std::vector<std::string_view> Stock::keys(const InventoryReleased& released) {
  return skus(*released.lines());
}

std::vector<std::string_view> Stock::keys(const InventoryReservationFailed& failed) {
  return skus(*failed.lines());
}

reel::all<StockAdded> Stock::receive(const GoodsReceived& goods, const reel::context& ctx) const {
  return ctx.make<StockAdded>(ctx.key(), goods.quantity());
}

reel::one_of<StockReserved, StockShort> Stock::reserve(const OrderCreated& order, const reel::context& ctx) const {
  const auto& line = line_of(*order.lines(), ctx.key());
  if (line.quantity() > on_hand) {
    return ctx.make<StockShort>(order.order(), ctx.key(), line.quantity(), on_hand, order.lines()->size());
  }
  return ctx.make<StockReserved>(order.order(), ctx.key(), line.quantity(), line.amount(), order.lines()->size());
}

reel::all<StockReleased> Stock::release(const InventoryReleased& released, const reel::context& ctx) const {
  return ctx.make<StockReleased>(released.order(), ctx.key(), line_of(*released.lines(), ctx.key()).quantity());
}

reel::all<StockReleased> Stock::give_back(const InventoryReservationFailed& failed, const reel::context& ctx) const {
  return ctx.make<StockReleased>(failed.order(), ctx.key(), line_of(*failed.lines(), ctx.key()).quantity());
}

void Stock::apply(const StockAdded& e) {
  on_hand += e.quantity();
}

void Stock::apply(const StockReserved& e) {
  on_hand -= e.quantity();
  reserved += e.quantity();
}

void Stock::apply(const StockShort&) {}

void Stock::apply(const StockReleased& e) {
  on_hand += e.quantity();
  reserved -= e.quantity();
}

} // namespace shop::inventory
