#include "actors/payment/gateway_invariant.hpp"

#include <shop/payment_events.hpp>

namespace shop::payment {

void gateway_invariant::observe(const reel::fact& event) {
  if (const auto* charged = event.as<PaymentProcessed>()) {
    held_[std::string(event.key)] += static_cast<std::int64_t>(charged->amount());
  } else if (const auto* refunded = event.as<PaymentRefunded>()) {
    held_[std::string(event.key)] -= static_cast<std::int64_t>(refunded->amount());
  }
}

std::vector<reel::violation> gateway_invariant::finish(bool quiescent) {
  std::vector<reel::violation> violations;
  const auto complain = [&](std::string what, const std::string& order) {
    violations.push_back({std::string(name()), std::move(what), order});
  };
  const auto found = read_();
  if (!found.error.empty()) {
    complain("its books cannot be read: " + found.error, {});
    return violations;
  }
  for (const auto& fault : found.faults) {
    complain(fault, {});
  }
  for (const auto& account : found.accounts) {
    if (account.held() < 0) {
      complain("it has paid back " + std::to_string(account.refunded) + " of " + std::to_string(account.captured) +
                   " charged",
               account.order);
    }
    const auto place = held_.find(account.order);
    const auto expected = place != held_.end() ? place->second : 0;
    if (quiescent && account.held() != expected) {
      complain("it holds " + std::to_string(account.held()) + ", the journals say " + std::to_string(expected),
               account.order);
    }
    if (place != held_.end()) {
      held_.erase(place);
    }
  }
  for (const auto& [order, amount] : held_) {
    if (quiescent && amount != 0) {
      complain("it has never heard of the order, the journals say it holds " + std::to_string(amount), order);
    }
  }
  held_.clear();
  return violations;
}

} // namespace shop::payment
