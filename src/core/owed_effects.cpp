#include "core/owed_effects.hpp"

#include <array>

namespace reel::core {

std::string idempotency_key(std::string_view journal_name, const owed_effect& owed) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string key;
  key.reserve(journal_name.size() + 40);
  key += journal_name;
  key += ':';
  key += std::to_string(static_cast<std::uint64_t>(owed.event.sequence));
  key += '.';
  key += std::to_string(owed.event.index);
  key += '-';
  for (int shift = 60; shift >= 0; shift -= 4) {
    key += digits[owed.hash >> static_cast<unsigned>(shift) & 0xfU];
  }
  return key;
}

void owed_effects::seal(frame_sequence sequence, const frame_hash& hash) {
  for (auto& owed : fresh_) {
    if (owed->event.sequence == sequence) { // not one that is owed again
      owed->hash = short_hash(hash);
    }
    to_call_.emplace_back(sequence, std::move(owed));
  }
  fresh_.clear();
}

std::vector<shared_effect> owed_effects::take(frame_sequence committed) {
  std::vector<shared_effect> taken;
  for (; !to_call_.empty() && to_call_.front().first <= committed; to_call_.pop_front()) {
    const auto place = entries_.find(to_call_.front().second->event);
    if (place != entries_.end() && place->second == to_call_.front().second) { // not settled, nor owed again, since
      taken.push_back(std::move(to_call_.front().second));
    }
  }
  return taken;
}

void owed_effects::clear() {
  entries_.clear();
  fresh_.clear();
  to_call_.clear();
}

} // namespace reel::core
