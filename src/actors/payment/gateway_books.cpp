#include "actors/payment/gateway_books.hpp"

namespace shop::payment {

namespace {

constexpr std::size_t faults_max = 100;

} // namespace

charge_answer gateway_books::charge(const charge_request& request) {
  const std::lock_guard lock(mutex_);
  const auto text = "charge " + std::to_string(request.amount) + " for " + std::string(request.order);
  if (const auto* const known = find(request.key, text)) {
    return {known->approved, known->answer};
  }
  auto& of = account(request.order);
  const auto answer = of.closed ? charge_answer{} : stand_in_.charge(request.order);
  if (answer.approved) {
    of.captured += request.amount;
    sum_.captured += request.amount;
    ++sum_.charges;
  } else {
    ++sum_.declined;
  }
  answered_.emplace(request.key, entry{text, answer.reference, answer.approved});
  return answer;
}

refund_answer gateway_books::refund(const refund_request& request) {
  const std::lock_guard lock(mutex_);
  const auto text = "refund " + std::to_string(request.amount) + " for " + std::string(request.order);
  if (const auto* const known = find(request.key, text)) {
    return {known->answer};
  }
  auto& of = account(request.order);
  of.refunded += request.amount;
  sum_.refunded += request.amount;
  ++sum_.refunds;
  if (of.held() < 0 && faults_.size() < faults_max) {
    faults_.push_back("order " + of.order + ": " + std::to_string(of.refunded) + " refunded of " +
                      std::to_string(of.captured) + " captured");
  }
  const auto answer = stand_in_.refund(request.order);
  answered_.emplace(request.key, entry{text, answer.reference});
  return answer;
}

void_answer gateway_books::make_void(const void_request& request) {
  const std::lock_guard lock(mutex_);
  const auto text = "void " + std::string(request.order);
  if (const auto* const known = find(request.key, text)) {
    return {known->answer};
  }
  auto& of = account(request.order);
  const auto amount = of.held() > 0 ? static_cast<std::uint64_t>(of.held()) : 0;
  of.closed = true;
  of.refunded += amount;
  sum_.refunded += amount;
  ++sum_.voids;
  answered_.emplace(request.key, entry{text, amount});
  return {amount};
}

/// The answer to the key, when it was given before. Precondition: locked.
gateway_books::entry* gateway_books::find(std::string_view key, const std::string& request) {
  const auto place = answered_.find(key);
  if (place == answered_.end()) {
    return nullptr;
  }
  ++sum_.repeated;
  if (place->second.request != request && faults_.size() < faults_max) {
    faults_.push_back("key " + std::string(key) + ": " + request + ", but it was used to " + place->second.request);
  }
  return &place->second;
}

gateway_account& gateway_books::account(std::string_view order) {
  const auto place = accounts_.find(order);
  return place != accounts_.end() ? place->second
                                  : accounts_.emplace(order, gateway_account{std::string(order)}).first->second;
}

gateway_books::totals gateway_books::sum() const {
  const std::lock_guard lock(mutex_);
  return sum_;
}

std::vector<gateway_account> gateway_books::accounts() const {
  const std::lock_guard lock(mutex_);
  std::vector<gateway_account> all;
  for (const auto& [order, of] : accounts_) {
    all.push_back(of);
  }
  return all;
}

std::vector<std::string> gateway_books::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

} // namespace shop::payment
