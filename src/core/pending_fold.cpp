#include "core/pending_fold.hpp"

#include "core/pending.hpp"

namespace reel::core {

std::vector<std::uint64_t> pending_fold::observe(const frame& f) {
  if (const auto* added = f.body().pending_added()) {
    for (const auto* stored : *added) {
      auto& entry = entries_[{f.journal(), stored->number()}]; // one that is there already is replaced
      dead_ -= entry.dead ? 1 : 0;
      entry = read_pending(*stored, *registry_);
      dead_ += entry.dead ? 1 : 0;
    }
  }
  std::vector<std::uint64_t> missing;
  if (const auto* settled = f.body().pending_settled()) {
    for (const auto number : *settled) {
      const auto entry = entries_.find({f.journal(), number});
      if (entry == entries_.end()) {
        missing.push_back(number);
        continue;
      }
      dead_ -= entry->second.dead ? 1 : 0;
      entries_.erase(entry);
    }
  }
  return missing;
}

bool pending_fold::holds(journal_id journal, const event_id& event) const {
  for (auto it = entries_.lower_bound({journal, 0}); it != entries_.end() && it->first.first == journal; ++it) {
    if (it->second.event == event) {
      return true;
    }
  }
  return false;
}

} // namespace reel::core
