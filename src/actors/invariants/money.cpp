#include "actors/invariants/invariants.hpp"

#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>

namespace shop {

void money_invariant::observe(const reel::fact& event) {
  const auto flow = static_cast<std::uint64_t>(event.correlation);
  if (const auto* reserved = event.as<inventory::InventoryReserved>()) {
    auto& order = open_[flow];
    order.id = event.key;
    order.worth = static_cast<std::int64_t>(reserved->amount());
  } else if (const auto* charged = event.as<payment::PaymentProcessed>()) {
    auto& order = open_[flow];
    order.id = event.key;
    order.charged += static_cast<std::int64_t>(charged->amount());
    if (order.charged != order.worth) {
      report(order, "charged " + std::to_string(order.charged) + " for goods worth " + std::to_string(order.worth));
    }
  } else if (const auto* refunded = event.as<payment::PaymentRefunded>()) {
    auto& order = open_[flow];
    order.id = event.key;
    order.refunded += static_cast<std::int64_t>(refunded->amount());
    if (order.refunded > order.charged) {
      report(order, "refunded " + std::to_string(order.refunded) + ", charged " + std::to_string(order.charged));
    }
  } else if (event.as<orders::OrderCompleted>() != nullptr) {
    end(event, true);
  } else if (event.as<orders::OrderCancelled>() != nullptr) {
    end(event, false);
  }
}

void money_invariant::end(const reel::fact& event, bool completed) {
  const auto it = open_.find(static_cast<std::uint64_t>(event.correlation));
  const auto order = it != open_.end() ? it->second : open_order{std::string(event.key)};
  const auto kept = order.charged - order.refunded;
  if (completed && (order.charged == 0 || kept != order.worth)) {
    report(order, "completed with " + std::to_string(kept) + " paid of " + std::to_string(order.worth));
  }
  if (!completed && kept != 0) {
    report(order, "cancelled with " + std::to_string(kept) + " not paid back");
  }
  if (it != open_.end()) {
    open_.erase(it);
  }
}

std::vector<reel::violation> money_invariant::finish(bool quiescent) {
  if (quiescent) {
    for (const auto& [flow, order] : open_) {
      if (order.charged != order.refunded) {
        report(order, "charged " + std::to_string(order.charged) + ", refunded " + std::to_string(order.refunded) +
                          ", and the order has not ended");
      }
    }
  }
  return std::move(violations_);
}

void money_invariant::report(const open_order& order, std::string what) {
  violations_.push_back({std::string(name()), std::move(what), order.id});
}

} // namespace shop
