#include "actors/invariants/invariants.hpp"

#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>

#include <algorithm>

namespace shop {

using inventory::StockAdded;
using inventory::StockReleased;
using inventory::StockReserved;

void stock_invariant::observe(const reel::fact& event) {
  if (const auto* created = event.as<intake::OrderCreated>()) {
    open_[static_cast<std::uint64_t>(event.correlation)].id = created->order()->str();
  } else if (const auto* goods = event.as<intake::GoodsReceived>()) {
    accounts_[number_of(goods->sku()->string_view())].received += static_cast<std::int64_t>(goods->quantity());
  } else if (const auto* added = event.as<StockAdded>()) {
    accounts_[number_of(added->sku()->string_view())].on_shelf += static_cast<std::int64_t>(added->quantity());
  } else if (const auto* reserved = event.as<StockReserved>()) {
    reserve(event, reserved->order()->string_view(), reserved->sku()->string_view(), reserved->quantity());
  } else if (const auto* released = event.as<StockReleased>()) {
    reserve(event, released->order()->string_view(), released->sku()->string_view(),
            -static_cast<std::int64_t>(released->quantity()));
  } else if (event.as<orders::OrderCompleted>() != nullptr) {
    end(event, true);
  } else if (event.as<orders::OrderCancelled>() != nullptr) {
    end(event, false);
  }
}

std::uint32_t stock_invariant::number_of(std::string_view sku) {
  const auto [it, is_new] = numbers_.try_emplace(std::string(sku), static_cast<std::uint32_t>(accounts_.size()));
  if (is_new) {
    skus_.emplace_back(sku);
    accounts_.emplace_back();
  }
  return it->second;
}

void stock_invariant::reserve(const reel::fact& event, std::string_view order, std::string_view sku,
                              std::int64_t quantity) {
  const auto number = number_of(sku);
  auto& account = accounts_[number];
  account.reserved += quantity;
  if (account.on_shelf - account.reserved - account.shipped < 0) {
    report("SKU " + std::string(sku) + ": more reserved and shipped than there is on the shelf", order);
  }
  auto& open = open_[static_cast<std::uint64_t>(event.correlation)];
  if (open.id.empty()) {
    open.id = order;
  }
  const auto it = std::find_if(open.lines.begin(), open.lines.end(), [&](const auto& l) { return l.first == number; });
  auto& line = it != open.lines.end() ? *it : open.lines.emplace_back(number, 0);
  line.second += quantity;
  if (line.second < 0) {
    report("SKU " + std::string(sku) + ": gave back more than was reserved for the order", order);
  }
}

void stock_invariant::end(const reel::fact& event, bool shipped) {
  const auto it = open_.find(static_cast<std::uint64_t>(event.correlation));
  if (it == open_.end()) {
    return; // a second end: the terminal invariant says so
  }
  for (const auto& [number, quantity] : it->second.lines) {
    auto& account = accounts_[number];
    if (shipped) {
      account.reserved -= quantity;
      account.shipped += quantity;
    } else if (quantity != 0) {
      report("SKU " + skus_[number] + ": " + std::to_string(quantity) + " stay reserved for a cancelled order",
             event.key);
    }
  }
  open_.erase(it);
}

std::vector<reel::violation> stock_invariant::finish(bool quiescent) {
  for (std::size_t i = 0; quiescent && i < accounts_.size(); ++i) {
    const auto& a = accounts_[i];
    const auto on_hand = a.on_shelf - a.reserved - a.shipped;
    if (a.received != on_hand + a.reserved + a.shipped || a.reserved != 0) {
      report("SKU " + skus_[i] + ": " + std::to_string(on_hand) + " on hand + " + std::to_string(a.reserved) +
                 " reserved + " + std::to_string(a.shipped) + " shipped, " + std::to_string(a.received) + " received",
             {});
    }
  }
  return std::move(violations_);
}

void stock_invariant::report(std::string what, std::string_view order) {
  violations_.push_back({std::string(name()), std::move(what), std::string(order)});
}

} // namespace shop
