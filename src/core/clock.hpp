// Clocks: a position per journal, for "handled so far" and "depends on".
#pragma once

#include "core/frame.hpp"

#include <optional>
#include <vector>

namespace reel::core {

/// A place in a journal, with the hash that proves it is the same journal.
struct position {
  frame_sequence sequence{};
  std::uint64_t hash = 0;
};

/// Positions by journal. Small (tens of journals), so a sorted vector.
class vector_clock {
public:
  struct entry {
    journal_id journal;
    position at;
    position recorded; ///< as of the last frame that recorded it
  };

  [[nodiscard]] position at(journal_id journal) const noexcept;
  /// Moves forward only; true when it moved.
  bool advance(journal_id journal, const position& to);
  /// Visits the entries that moved since the last call, and marks them recorded.
  template <class Visit>
  void record(Visit visit) {
    for (auto& e : entries_) {
      if (e.at.sequence != e.recorded.sequence) {
        visit(e);
        e.recorded = e.at;
      }
    }
  }
  void mark_recorded() noexcept;
  [[nodiscard]] const std::vector<entry>& entries() const noexcept {
    return entries_;
  }

private:
  std::vector<entry> entries_;
};

} // namespace reel::core
