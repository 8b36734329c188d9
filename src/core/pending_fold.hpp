// The pending entries of journals, folded from their frames: for commands and audits, which run no reactions.
#pragma once

#include "core/frame.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace reel::core {

/// Not thread-safe.
class pending_fold {
public:
  using place = std::pair<journal_id, std::uint64_t>; ///< which journal holds it, and its number there

  /// The registry must outlive this.
  explicit pending_fold(const event_registry& registry) : registry_(&registry) {}

  /// Folds one frame; those of a journal come in their order. Returns what it settles although nothing has that number.
  std::vector<std::uint64_t> observe(const frame& f);

  [[nodiscard]] const std::map<place, pending_entry>& entries() const noexcept {
    return entries_;
  }
  /// True when this journal has parked this event.
  [[nodiscard]] bool holds(journal_id journal, const event_id& event) const;
  [[nodiscard]] std::uint64_t dead() const noexcept {
    return dead_;
  }
  /// Entries that are tried again, or wait behind such ones.
  [[nodiscard]] std::uint64_t live() const noexcept {
    return entries_.size() - dead_;
  }

private:
  const event_registry* registry_;
  std::map<place, pending_entry> entries_;
  std::uint64_t dead_ = 0;
};

} // namespace reel::core
