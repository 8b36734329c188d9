// A choreography as integer tables: what the proof computes on, so that its cost is small and known.
#pragma once

#include <reel/descriptor.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core::proof {

using index = std::uint32_t;
inline constexpr index none = 0xffffffff;

/// An event type.
struct event_row {
  std::string_view name;       ///< "shop.inventory.StockReserved"
  std::string_view short_name; ///< "StockReserved"
  bool failure = false;
  bool terminal = false;
  bool internal = false;
  std::string_view source; ///< the source that publishes it, or empty
  index compensates = none;
  index actor = none;                ///< who publishes it
  std::vector<index> producers;      ///< reactions that may publish it
  std::vector<index> consumers;      ///< reactions to it, deadlines that it starts
  std::vector<index> compensated_by; ///< events that undo it

  /// A flow may begin with it: a source publishes it, or nobody does, so that nothing is known of where it comes from.
  [[nodiscard]] bool begins() const noexcept {
    return !source.empty() || producers.empty();
  }
};

struct actor_row {
  std::string_view service;
  std::string_view name;
  std::vector<index> reactions;
};

/// A reaction, or a deadline: an entity that publishes by itself, some time after the input.
struct reaction_row {
  std::string where; ///< "inventory.Stock.reserve", "payment.Payment (deadline)"
  std::string_view name;
  index actor = none;
  index input = none;
  arity how = arity::maybe;
  std::vector<index> outputs;
  index undoes = none;
  bool fans_out = false;
  bool is_deadline = false;
  std::vector<index> unless; ///< of a deadline
  index gather = none;       ///< the gather that it is part of

  [[nodiscard]] bool publishes(index event) const noexcept;
  /// It publishes at most one event in a run.
  [[nodiscard]] bool chooses() const noexcept {
    return how == arity::one_of || how == arity::maybe;
  }
};

/// Reactions of one actor that collect answers: each may publish an internal event, which means "not yet", or decide.
/// They belong together when they may publish the same decision.
struct gather_row {
  index actor = none;
  std::vector<index> reactions;
  std::vector<index> inputs;
  std::vector<index> decisions; ///< the events that are not internal
  bool is_real = false;         ///< it may get more than one answer; otherwise "not yet" would be for ever
};

struct tables {
  std::vector<event_row> events; ///< in the order of choreography_info::events
  std::vector<actor_row> actors;
  std::vector<reaction_row> reactions;
  std::vector<gather_row> gathers; ///< candidates; `relations` finds out which are real

  [[nodiscard]] bool gathers_for_real(const reaction_row& r) const noexcept {
    return r.gather != none && gathers[r.gather].is_real;
  }
};

/// Event types that the choreography does not list are left out. The choreography must outlive the tables.
[[nodiscard]] tables make_tables(const choreography_info& choreography);

} // namespace reel::core::proof
