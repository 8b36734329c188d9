#include "actors/invariants/invariants.hpp"

#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>

#include <utility>

namespace shop {

void money_invariant::observe(const reel::fact& event) {
  if (const auto* created = event.as<intake::OrderCreated>()) {
    auto& order = open(event);
    for (const auto* line : *created->lines()) {
      order.worth += line->amount();
    }
  } else if (const auto* charged = event.as<payment::PaymentProcessed>()) {
    auto& order = open(event);
    order.charged += charged->amount();
    ++order.charges;
    if (order.charged != order.worth || order.charges > 1) {
      report(order, "charged " + std::to_string(order.charged) + " in " + std::to_string(order.charges) +
                        " charges for goods worth " + std::to_string(order.worth));
    }
  } else if (const auto* refunded = event.as<payment::PaymentRefunded>()) {
    auto& order = open(event);
    order.refunded += refunded->amount();
    if (order.refunded > order.charged) {
      report(order, "refunded " + std::to_string(order.refunded) + " of " + std::to_string(order.charged) + " charged");
    }
  } else if (event.as<orders::OrderCompleted>() != nullptr) {
    end(event, true);
  } else if (event.as<orders::OrderCancelled>() != nullptr) {
    end(event, false);
  }
}

/// An event that comes when the order has ended opens it again, without any money: so a late refund is too much, and a
/// late charge is still there when everything has ended.
money_invariant::open_order& money_invariant::open(const reel::fact& event) {
  auto& order = open_[event.correlation];
  if (order.id.empty()) {
    order.id = event.key;
  }
  return order;
}

void money_invariant::end(const reel::fact& event, bool completed) {
  const auto it = open_.find(event.correlation);
  if (it == open_.end()) {
    return; // never created, or a second end: the terminal invariant says so
  }
  const auto& order = it->second;
  if (completed && (order.charges != 1 || order.charged != order.worth || order.refunded != 0)) {
    report(order, "completed with " + std::to_string(order.charged) + " charged and " + std::to_string(order.refunded) +
                      " refunded, worth " + std::to_string(order.worth));
  }
  if (!completed && order.charged != order.refunded) {
    report(order, "cancelled with " + std::to_string(order.charged) + " charged and " + std::to_string(order.refunded) +
                      " refunded");
  }
  open_.erase(it);
}

std::vector<reel::violation> money_invariant::finish(bool quiescent) {
  for (const auto& [flow, order] : open_) {
    if (quiescent && order.charged != order.refunded) {
      report(order, std::to_string(order.charged) + " charged, " + std::to_string(order.refunded) +
                        " refunded, and the order is not open or never ends");
    }
  }
  open_.clear();
  return std::exchange(violations_, {});
}

void money_invariant::report(const open_order& order, std::string what) {
  violations_.push_back({std::string(name()), std::move(what), order.id});
}

} // namespace shop
