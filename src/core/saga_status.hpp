// Reads a saga off the ledger and the choreography: what is done, what is in progress and with whom, what is still to
// do, what must be undone.
#pragma once

#include "core/saga_ledger.hpp"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace reel::core {

enum class saga_state {
  running,
  compensating, ///< a failure has happened, and the undoing is under way
  failed,       ///< an input is parked for good: a person must redrive or discard it
  stalled,      ///< not ended, nobody has anything to do and no deadline is armed: it will not go on by itself
  ended,
};

/// "running", ...
[[nodiscard]] std::string_view text_of(saga_state state);

/// A reaction that is still to come.
struct awaited_reaction {
  type_index event = 0; ///< what it reacts to
  std::string service;
  std::string_view actor;
  std::string_view reaction;
  std::vector<std::string> partitions; ///< journals whose writers have not handled the event: "inventory/0"
  bool certain = true;                 ///< false: it may have been handled without consequence
  bool effect = false;                 ///< the world has been asked and has not answered
};

struct saga_status {
  saga content;
  saga_state state = saga_state::running;
  std::vector<std::pair<type_index, std::size_t>> done; ///< what has happened, and how often; by first occurrence
  std::vector<awaited_reaction> waiting;                ///< in progress
  std::vector<type_index> to_do;                        ///< what comes next when all goes well (or is undone well)
  owed_steps owed;
  std::vector<std::string> owed_by; ///< the services that undo these steps, parallel to `owed`

  /// Whether people want to see it: it has not ended, or something is left to undo or to decide.
  bool is_open = false;
};

/// Gives the frame of an event, so that its keys tell which partitions it concerns; null: not to be had, then all
/// partitions of a service count.
using frame_lookup = std::function<std::shared_ptr<const frame>(const event_id&)>;

/// Answers for one state of a ledger. The ledger must outlive it and not change meanwhile. Not thread-safe.
class saga_reader {
public:
  explicit saga_reader(const saga_ledger& ledger, frame_lookup lookup = {});

  /// All sagas that are open, those that started first at the front.
  [[nodiscard]] std::vector<saga_status> open_sagas() const;
  [[nodiscard]] saga_status status(const saga& s) const;

private:
  struct unhandled_event {
    event_id id;
    type_index type = 0;
  };

  void find_waiting(saga_status& status) const;
  void find_asked(saga_status& status) const;
  void find_to_do(saga_status& status) const;
  [[nodiscard]] std::vector<std::string> lagging(const unhandled_event& event, const service_info& service,
                                                 const reaction_info& reaction) const;
  [[nodiscard]] std::string undoer(type_index step) const;

  const saga_ledger* ledger_;
  frame_lookup lookup_;
  std::unordered_map<correlation_id, std::vector<unhandled_event>> unhandled_;
};

} // namespace reel::core
