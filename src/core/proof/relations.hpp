// What the signatures say about two events of one flow: whether both can happen, and whether one always comes first.
#pragma once

#include "core/proof/bit_matrix.hpp"
#include "core/proof/tables.hpp"

#include <vector>

namespace reel::core::proof {

using event_set = std::vector<bool>;

/// Computed once; then read by all rules. What it assumes:
///
///   - A flow begins once: each event of a source happens at most once in it.
///   - A gather decides when the last of its answers has come, and their order does not matter: concurrent answers have
///     none. So a decision excludes every answer that could not be the last one before it.
///
/// Everything else is on the safe side: events exclude each other only when every way to them does (a least fixpoint),
/// and an event comes before another only when it is on every way there (a greatest fixpoint).
class relations {
public:
  /// Completes the tables: finds out which gathers are real.
  explicit relations(tables& t);

  /// The event may happen several times in one flow, for several entities.
  [[nodiscard]] bool is_multiple(index event) const {
    return multiple_[event];
  }
  [[nodiscard]] bool runs_repeatedly(const reaction_row& r) const {
    return r.fans_out || multiple_[r.input];
  }
  /// No flow has both.
  [[nodiscard]] bool exclude(index a, index b) const {
    return excluded_.test(a, b);
  }
  /// No flow has both, when `by` publishes the one and `other` the other; none for a source.
  [[nodiscard]] bool ways_exclude(index a, index by, index b, index other) const;
  /// Whenever `later` happens, `earlier` has happened before. True for an event and itself.
  [[nodiscard]] bool always_before(index earlier, index later) const {
    return before_.test(later, earlier);
  }
  /// Whenever the event happens, the reaction has made its choice before, for all entities concerned.
  [[nodiscard]] bool decided_before(index reaction, index event) const {
    return before_.test(event, tables_->events.size() + reaction);
  }
  /// Events that come only when it is decided, for all entities concerned, whether the step happens: it has, it cannot
  /// any more, or whoever publishes it has made its choice.
  [[nodiscard]] event_set deciding(index step) const;

private:
  void find_order();
  void relate(bool gathers_are_known);
  [[nodiscard]] bool find_published_twice();
  void find_multiple();
  void find_real_gathers();
  void exclude_by_gathers();
  void exclude_by_deadlines();
  void find_exclusions();
  void find_dominators();
  [[nodiscard]] bool all_ways_exclude(index a, index b) const;
  [[nodiscard]] bool exclude_by(index a, index by, index b) const;
  [[nodiscard]] bool chooses_against(index reaction, index event, index cause) const;
  [[nodiscard]] std::vector<std::uint64_t> before_by(index reaction, index event) const;
  void add_answers(const gather_row& gather, index decision, std::vector<std::uint64_t>& bits) const;
  void set_excluded(index a, index b);

  tables* tables_;
  std::vector<index> order_; ///< events, causes before effects where there is no cycle: fixpoints settle in few rounds
  std::vector<bool> twice_;  ///< two reactions may publish it in one flow
  std::vector<bool> multiple_;
  bit_matrix excluded_;
  bit_matrix before_; ///< event x (events, then reactions)
};

} // namespace reel::core::proof
