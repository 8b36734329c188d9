#include "actors/invariants/invariants.hpp"

#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>

#include <utility>

namespace shop {

void terminal_invariant::observe(const reel::fact& event) {
  if (event.as<intake::OrderCreated>() != nullptr) {
    if (ended_.contains(event.correlation) || !open_.emplace(event.correlation, event.key).second) {
      violations_.push_back({std::string(name()), "created a second time", std::string(event.key)});
    }
    return;
  }
  if (event.as<orders::OrderCompleted>() == nullptr && event.as<orders::OrderCancelled>() == nullptr) {
    return;
  }
  if (open_.erase(event.correlation) == 0) {
    const bool again = ended_.contains(event.correlation);
    violations_.push_back({std::string(name()), again ? "ended a second time" : "ended without having been created",
                           std::string(event.key)});
  }
  ended_.insert(event.correlation);
}

std::vector<reel::violation> terminal_invariant::finish(bool quiescent) {
  if (quiescent) {
    for (const auto& [flow, order] : open_) {
      violations_.push_back({std::string(name()), "has not ended", order});
    }
  }
  open_.clear();
  return std::exchange(violations_, {});
}

} // namespace shop
