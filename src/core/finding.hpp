// What the check of a choreography says: one sentence for one fault, with where, why and what to add.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace reel::core {

enum class severity {
  fault,   ///< the choreography does not do what its schemas promise
  warning, ///< suspicious, but may be meant
};

struct finding {
  severity how_bad = severity::fault;
  std::string code;    ///< stable, kebab-case: "event-unhandled"; docs/check.md explains each
  std::string where;   ///< an event, or "inventory.Stock.reserve"
  std::string text;    ///< a sentence: what is wrong
  std::string remedy;  ///< what to add or to change
  std::string service; ///< whose it is; empty when it is nobody's in particular
  std::string actor;
  std::string step;    ///< full name of the event that must be undone, if it is about one
  std::string failure; ///< full name of the event that starts the undoing
  /// The shortest way there: "inventory.Stock.reserve: StockReserved" says who publishes what.
  std::vector<std::string> path;
  std::string accepted; ///< why it may stay; empty when it may not
};

/// True when no fault is left that is not accepted; warnings may be there.
[[nodiscard]] inline bool is_sound(const std::vector<finding>& findings) noexcept {
  return std::none_of(findings.begin(), findings.end(),
                      [](const finding& f) { return f.how_bad == severity::fault && f.accepted.empty(); });
}

} // namespace reel::core
