#include "actors/invariants/invariants.hpp"

#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>

#include <algorithm>
#include <utility>

namespace shop {

void stock_invariant::observe(const reel::fact& event) {
  if (const auto* reserved = event.as<inventory::StockReserved>()) {
    reserve(event, reserved->sku()->string_view(), reserved->quantity());
  } else if (event.as<intake::OrderCreated>() != nullptr) {
    create(event);
  } else if (event.as<orders::OrderCompleted>() != nullptr) {
    complete(event);
  } else if (event.as<orders::OrderCancelled>() != nullptr) {
    cancel(event);
  } else if (const auto* released = event.as<inventory::StockReleased>()) {
    release(event, released->sku()->string_view(), released->quantity());
  } else if (const auto* missing = event.as<inventory::StockShort>()) {
    run_short(event, missing->sku()->string_view(), missing->wanted(), static_cast<std::int64_t>(missing->available()));
  } else if (const auto* goods = event.as<intake::GoodsReceived>()) {
    accounts_[index_of(goods->sku()->string_view())].received += static_cast<std::int64_t>(goods->quantity());
  } else if (const auto* added = event.as<inventory::StockAdded>()) {
    accounts_[index_of(added->sku()->string_view())].on_hand += static_cast<std::int64_t>(added->quantity());
  }
}

void stock_invariant::create(const reel::fact& event) {
  auto& order = open_[event.correlation];
  order.id = event.key;
  const auto& lines = *event.as<intake::OrderCreated>()->lines();
  order.lines.reserve(lines.size());
  for (const auto* line : lines) {
    order.lines.push_back({index_of(line->sku()->string_view()), line->quantity(), 0});
  }
}

void stock_invariant::reserve(const reel::fact& event, std::string_view sku, std::int64_t quantity) {
  const auto index = index_of(sku);
  auto& account = accounts_[index];
  account.on_hand -= quantity;
  account.reserved += quantity;
  auto* line = line_of(event, index);
  const auto* order = line != nullptr ? &open_[event.correlation] : nullptr;
  if (account.on_hand < 0) {
    report(index, std::to_string(account.on_hand) + " on hand", order);
  }
  if (line == nullptr) {
    report(index, std::to_string(quantity) + " reserved for an order that is not open or did not ask for it", order);
    return;
  }
  line->reserved += quantity;
  if (line->reserved > line->wanted) {
    report(index, std::to_string(line->reserved) + " reserved of " + std::to_string(line->wanted) + " wanted", order);
  }
}

void stock_invariant::release(const reel::fact& event, std::string_view sku, std::int64_t quantity) {
  const auto index = index_of(sku);
  auto& account = accounts_[index];
  account.on_hand += quantity;
  account.reserved -= quantity;
  auto* line = line_of(event, index);
  if (line == nullptr || quantity > line->reserved) {
    report(index, "gave back more than was reserved for the order",
           line != nullptr ? &open_[event.correlation] : nullptr);
  }
  if (line != nullptr) {
    line->reserved -= quantity;
  }
}

/// The stock's own count must be ours, or its state is not the fold of its events.
void stock_invariant::run_short(const reel::fact& event, std::string_view sku, std::int64_t wanted,
                                std::int64_t available) {
  const auto index = index_of(sku);
  const auto on_hand = accounts_[index].on_hand;
  if (available != on_hand || wanted <= on_hand) {
    const auto it = open_.find(event.correlation);
    report(index,
           "short of " + std::to_string(wanted) + " with " + std::to_string(available) + " available, but " +
               std::to_string(on_hand) + " were on hand",
           it != open_.end() ? &it->second : nullptr);
  }
}

void stock_invariant::complete(const reel::fact& event) {
  const auto it = open_.find(event.correlation);
  if (it == open_.end()) {
    return; // never created, or a second end: the terminal invariant says so
  }
  for (const auto& line : it->second.lines) {
    auto& account = accounts_[line.sku];
    account.reserved -= line.reserved;
    account.shipped += line.reserved;
    if (line.reserved != line.wanted) {
      report(line.sku,
             "completed with " + std::to_string(line.reserved) + " of " + std::to_string(line.wanted) + " wanted",
             &it->second);
    }
  }
  open_.erase(it);
}

void stock_invariant::cancel(const reel::fact& event) {
  const auto it = open_.find(event.correlation);
  if (it == open_.end()) {
    return;
  }
  for (const auto& line : it->second.lines) {
    if (line.reserved != 0) {
      report(line.sku, std::to_string(line.reserved) + " stay reserved for a cancelled order", &it->second);
    }
  }
  open_.erase(it);
}

std::vector<reel::violation> stock_invariant::finish(bool quiescent) {
  for (std::uint32_t i = 0; i < accounts_.size(); ++i) {
    const auto& a = accounts_[i];
    const auto accounted = a.on_hand + a.reserved + a.shipped;
    const bool balanced = quiescent ? a.received == accounted && a.reserved == 0 : a.received >= accounted;
    if (!balanced) {
      report(i,
             std::to_string(a.on_hand) + " on hand + " + std::to_string(a.reserved) + " reserved + " +
                 std::to_string(a.shipped) + " shipped, " + std::to_string(a.received) + " received",
             nullptr);
    }
  }
  return std::exchange(violations_, {});
}

std::uint32_t stock_invariant::index_of(std::string_view sku) {
  if (const auto it = indices_.find(sku); it != indices_.end()) {
    return it->second;
  }
  const auto index = static_cast<std::uint32_t>(accounts_.size());
  indices_.emplace(sku, index);
  accounts_.push_back({std::string(sku)});
  return index;
}

stock_invariant::order_line* stock_invariant::line_of(const reel::fact& event, std::uint32_t sku) {
  const auto order = open_.find(event.correlation);
  if (order == open_.end()) {
    return nullptr;
  }
  auto& lines = order->second.lines;
  const auto line = std::find_if(lines.begin(), lines.end(), [sku](const order_line& l) { return l.sku == sku; });
  return line != lines.end() ? &*line : nullptr;
}

void stock_invariant::report(std::uint32_t sku, std::string what, const open_order* order) {
  violations_.push_back({std::string(name()), "SKU " + accounts_[sku].sku + ": " + std::move(what),
                         order != nullptr ? order->id : std::string()});
}

} // namespace shop
