#include "actors/invariants/invariants.hpp"

#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>

namespace shop {

void terminal_invariant::observe(const reel::fact& event) {
  const auto flow = static_cast<std::uint64_t>(event.correlation);
  if (event.as<intake::OrderCreated>() != nullptr) {
    if (ended_.contains(event.correlation) || !open_.emplace(flow, event.key).second) {
      violations_.push_back({std::string(name()), "created a second time", std::string(event.key)});
    }
    return;
  }
  if (event.as<orders::OrderCompleted>() == nullptr && event.as<orders::OrderCancelled>() == nullptr) {
    return;
  }
  if (open_.erase(flow) == 0) {
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
  return std::move(violations_);
}

} // namespace shop
