#include "core/clock.hpp"

#include <algorithm>

namespace reel::core {

namespace {

auto lower(auto& entries, journal_id journal) {
  return std::lower_bound(entries.begin(), entries.end(), journal,
                          [](const vector_clock::entry& e, journal_id id) { return e.journal < id; });
}

} // namespace

position vector_clock::at(journal_id journal) const noexcept {
  const auto it = lower(entries_, journal);
  return it != entries_.end() && it->journal == journal ? it->at : position{};
}

bool vector_clock::advance(journal_id journal, const position& to) {
  const auto it = lower(entries_, journal);
  if (it == entries_.end() || it->journal != journal) {
    entries_.insert(it, entry{journal, to, {}});
    return true;
  }
  if (to.sequence <= it->at.sequence) {
    return false;
  }
  it->at = to;
  return true;
}

void vector_clock::mark_recorded() noexcept {
  for (auto& e : entries_) {
    e.recorded = e.at;
  }
}

} // namespace reel::core
