// One stock-keeping unit.
#pragma once

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace shop::inventory {

using intake::GoodsReceived;
using intake::OrderCreated;

/// Sets stock aside for orders and gives it back when they are undone.
///
/// It keeps no list of orders: each event is handled exactly once, and what gives a line back is caused by the event
/// that set it aside, so it can neither come twice nor too early.
struct Stock {
  using key = std::string; // the SKU

  static std::vector<std::string_view> keys(const OrderCreated& order);
  static std::vector<std::string_view> keys(const InventoryReleased& released);
  static std::vector<std::string_view> keys(const InventoryReservationFailed& failed);

  reel::all<StockAdded> receive(const GoodsReceived& goods, const reel::context& ctx) const;
  reel::one_of<StockReserved, StockShort> reserve(const OrderCreated& order, const reel::context& ctx) const;
  reel::all<StockReleased> release(const InventoryReleased& released, const reel::context& ctx) const;
  reel::all<StockReleased> give_back(const InventoryReservationFailed& failed, const reel::context& ctx) const;

  void apply(const StockAdded& e);
  void apply(const StockReserved& e);
  void apply(const StockShort& e);
  void apply(const StockReleased& e);

  using flow = reel::flow<reel::react<&Stock::receive>, reel::react<&Stock::reserve>,
                          reel::undo<StockReserved, &Stock::release>, reel::undo<StockReserved, &Stock::give_back>>;

  static constexpr std::array field_names{"on_hand", "reserved"};
  std::uint64_t on_hand = 0;
  std::uint64_t reserved = 0; ///< set aside and not given back: for orders under way and completed ones
};

} // namespace shop::inventory
