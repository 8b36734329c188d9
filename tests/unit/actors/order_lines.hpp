// Events with lines, for the tests of single actors.
#pragma once

#include <reel/testing.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>

#include <string>
#include <vector>

namespace shop::test {

struct line {
  std::string sku;
  std::uint32_t quantity = 0;
  std::uint64_t amount = 0;
};

inline auto build_lines(flatbuffers::FlatBufferBuilder& b, const std::vector<line>& lines) {
  std::vector<flatbuffers::Offset<OrderLine>> built;
  for (const auto& l : lines) {
    built.push_back(CreateOrderLine(b, b.CreateString(l.sku), l.quantity, l.amount));
  }
  return b.CreateVector(built);
}

inline auto order_created(const std::string& order, const std::vector<line>& lines) {
  return reel::test::build<intake::OrderCreated>([&](flatbuffers::FlatBufferBuilder& b) {
    const auto id = b.CreateString(order);
    const auto customer = b.CreateString("somebody");
    return intake::CreateOrderCreated(b, id, customer, build_lines(b, lines));
  });
}

inline auto reservation_failed(const std::string& order, Reason reason, const std::vector<line>& lines) {
  return reel::test::build<inventory::InventoryReservationFailed>([&](flatbuffers::FlatBufferBuilder& b) {
    const auto id = b.CreateString(order);
    return inventory::CreateInventoryReservationFailed(b, id, reason, build_lines(b, lines));
  });
}

inline auto inventory_released(const std::string& order, Reason reason, const std::vector<line>& lines) {
  return reel::test::build<inventory::InventoryReleased>([&](flatbuffers::FlatBufferBuilder& b) {
    const auto id = b.CreateString(order);
    return inventory::CreateInventoryReleased(b, id, reason, build_lines(b, lines));
  });
}

} // namespace shop::test
