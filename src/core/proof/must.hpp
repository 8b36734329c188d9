// What inevitably follows from an event, whatever each reaction chooses.
#pragma once

#include "core/proof/relations.hpp"
#include "core/proof/tables.hpp"

#include <span>
#include <vector>

namespace reel::core::proof {

/// A set of events each of which can lead back to itself.
struct cycle {
  std::vector<index> events;
  bool may_end = false; ///< some choice leaves it; without one it goes on for ever once it is entered
};

/// The least fixpoint: an event leads to a goal when it is one, or when some reaction to it leads there by each of its
/// choices. The choices are on the adversary's side, but for these:
///
///   - one that excludes an event that is given to happen;
///   - "not yet" of a gather that gets more than one answer: its validity is a question of its own;
///   - staying in a cycle that can be left: its bound is a question of its own as well;
///   - declining a step that a tombstone or a deadline forbids: only what has been undone already is declined;
///   - saying nothing instead of a terminal event, when the entity may have published another one before.
///
/// A deadline leads to its own event or to one of `unless`.
class must_analysis {
public:
  must_analysis(const tables& t, const relations& r);

  /// Events from which a goal inevitably follows in every flow in which all of `given` happen.
  [[nodiscard]] event_set lead_to(const event_set& goals, std::span<const index> given = {}) const;

  /// Takes a gather's answers for what does not lead on: to judge whether they come at all. None: all gathers work.
  void distrust(index gather) {
    distrusted_ = gather;
  }
  [[nodiscard]] const std::vector<cycle>& cycles() const {
    return cycles_;
  }
  /// The reaction may decline: a tombstone, an expired deadline or an end can forbid what it is for.
  [[nodiscard]] bool may_decline(index reaction) const {
    return declines_[reaction];
  }

private:
  void find_cycles();
  void find_declining();
  [[nodiscard]] bool may_have_ended(index reaction) const;
  void find_choices();
  [[nodiscard]] bool is_left(const std::vector<index>& events) const;
  [[nodiscard]] std::size_t open_choices(index reaction, std::span<const index> given) const;
  [[nodiscard]] bool is_given_away(index event, std::span<const index> given) const;

  const tables* tables_;
  const relations* relations_;
  std::vector<cycle> cycles_;
  std::vector<index> cycle_of_;               ///< by event
  std::vector<bool> declines_;                ///< by reaction
  std::vector<std::vector<index>> choices_;   ///< by reaction: what it may come to; empty when it may come to nothing
  std::vector<std::vector<index>> chosen_by_; ///< by event: reactions that have it among their choices
  index distrusted_ = none;
};

/// True when the undo may reach an entity that has not decided about the step yet, so that it must leave a tombstone.
[[nodiscard]] bool comes_undecided(const tables& t, const relations& rel, const reaction_row& undo);

} // namespace reel::core::proof
