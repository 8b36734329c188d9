// The story of one flow: who did what, when, because of what.
#pragma once

#include <reel/invariant.hpp>

#include <string>
#include <vector>

namespace reel::cli {

struct timeline_entry {
  event_id id;
  event_id cause; ///< sequence 0 for a root event
  timestamp time{};
  std::string service; ///< or source
  std::string key;     ///< of the publishing entity
  std::string type;    ///< qualified name
  std::string undoes;  ///< qualified name of the event that this one compensates, or empty
  bool failure = false;
  bool terminal = false;
};

struct timeline {
  std::string flow;                    ///< the key of its first event's entity: the order
  std::vector<timeline_entry> entries; ///< causes before effects

  [[nodiscard]] bool empty() const noexcept {
    return entries.empty();
  }
};

/// Copies what a timeline shows of a fact.
[[nodiscard]] timeline_entry entry_of(const fact& event);

/// A table with one line per event, each line indented by `indent`; times are relative to the first event.
[[nodiscard]] std::string render(const timeline& story, bool colour, std::string_view indent = "  ");

} // namespace reel::cli
