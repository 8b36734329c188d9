// The saga ledger: for each flow that is under way, what has happened, what nobody has handled yet and what is parked.
// A fold of the journals alone; no decision of any service depends on it.
#pragma once

#include "core/saga_map.hpp"
#include "core/timer_watch.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reel::core {

/// An input whose reaction failed, or an effect that has not been settled.
struct parked_input {
  event_id event;
  type_index type = 0;
  std::string actor;
  std::string reaction;
  std::string key;
  std::string error;
  std::uint32_t attempts = 0;
  bool dead = false;        ///< nobody retries it by itself any more
  bool effect = false;      ///< the world has been asked and has not answered; saga_map knows the effect
  journal_id holder{};      ///< the journal that holds the pending entry
  std::uint64_t number = 0; ///< of the entry there

  friend bool operator==(const parked_input&, const parked_input&) = default;
};

/// All events of one correlation, from its first one until it has ended and everybody has handled everything.
struct saga {
  correlation_id correlation{};
  std::string key; ///< of the event that started it, as the user knows it: an order
  type_index root = 0;
  type_index ended = 0; ///< its terminal event, or saga_map::no_type()
  bool failed = false;  ///< a failure has happened
  timestamp started{};
  timestamp last{};
  std::vector<type_index> events; ///< what has happened, in the order in which it was seen
  std::vector<parked_input> parked;
  std::vector<watched_timer> deadlines; ///< that are armed, the first one due at the front

  friend bool operator==(const saga&, const saga&) = default;
};

/// Steps of a failed saga that are not undone yet, with how many.
using owed_steps = std::vector<std::pair<type_index, std::size_t>>;

/// The fold. Its content is a function of the frames it has seen, in whatever order that has causes before effects: an
/// event belongs to the saga of its cause, or of its correlation; a saga is forgotten when it has ended (or cannot end)
/// and the positions in the consumers' frames say that everybody has handled all its events.
///
/// Memory: about 300 bytes per open saga, and 8 bytes per event that some consumer has not handled yet. Made to follow
/// a million events per second: per event two looks at one cache line of its saga, no hashing, no allocation in the
/// steady state. Not thread-safe.
class saga_ledger {
public:
  /// The map must outlive the ledger.
  explicit saga_ledger(const saga_map& map);

  /// Takes in the next frame of a journal; frames that it has are left out, those of unknown journals too. Throws
  /// std::logic_error on a gap, std::runtime_error when the journal is not the one that was read.
  void observe(const frame& f);

  [[nodiscard]] const saga_map& map() const noexcept {
    return *map_;
  }
  /// Read up to here. By index in saga_map::journals().
  [[nodiscard]] const position& at(std::size_t journal) const noexcept {
    return positions_[journal];
  }
  /// How far the writer of a journal has handled another one.
  [[nodiscard]] std::uint64_t handled(std::size_t consumer, std::size_t source) const noexcept {
    return cursors_[consumer * positions_.size() + source];
  }
  /// Sagas in an unspecified order, also those that have ended and wait for their last events to be handled.
  void for_each(const std::function<void(const saga&)>& visit) const;
  [[nodiscard]] std::size_t size() const noexcept {
    return by_correlation_.size();
  }
  [[nodiscard]] std::optional<saga> find(correlation_id correlation) const;
  /// The events that may not have been handled by somebody: those after the consumers' positions. Each journal's in
  /// order.
  void for_each_unhandled(const std::function<void(correlation_id, const event_id&, type_index)>& visit) const;
  [[nodiscard]] owed_steps owed(const saga& s) const;
  /// Which deadline a saga's is.
  [[nodiscard]] const timer_watch& timers() const noexcept {
    return timers_;
  }
  /// How many sagas have ended, by terminal event.
  [[nodiscard]] const std::map<type_index, std::uint64_t>& ended() const noexcept {
    return ended_;
  }
  /// Events that came along an edge that the choreography does not have, by cause and type. The cause is no_type() when
  /// there is none, unknown_type() when nobody who may react to it had yet to.
  [[nodiscard]] const std::map<std::pair<type_index, type_index>, std::uint64_t>& drift() const noexcept {
    return drift_;
  }

  /// What load() goes on from.
  [[nodiscard]] std::string save() const;
  /// False, and nothing has changed, when the bytes are not of a ledger with this map. Only right after construction.
  [[nodiscard]] bool load(std::string_view bytes);

private:
  using saga_index = std::uint32_t;
  struct unhandled_event {
    saga_index of = 0;
    type_index type = 0;
  };
  struct unhandled_frame {
    std::vector<unhandled_event> events;
  };
  /// The frames of a journal that somebody has not handled yet; the first one has the sequence `first`.
  struct window {
    std::uint64_t first = 1;
    std::deque<unhandled_frame> frames;
  };
  /// What every event of a saga touches.
  struct hot_part {
    static constexpr std::size_t types_max = 16; // the rest is in the cold part

    timestamp last{};
    std::uint32_t unhandled = 0;
    type_index root = 0;
    type_index ended = 0;
    std::uint16_t count = 0; // of the types here
    bool used = false;
    bool failed = false;
    bool is_parked = false;
    bool may_end = false; // by its root
    std::array<type_index, types_max> types{};
  };
  struct cold_part {
    correlation_id correlation{};
    std::string key;
    timestamp started{};
    std::vector<type_index> more_types;
    std::vector<parked_input> parked;
  };
  class codec;

  void take_events(const frame& f, std::size_t journal);
  void take_parked(const frame& f);
  void take_effects(const frame& f);
  void owe(saga_index index, const event_id& event, type_index type);
  void settle_parked(saga_index index, journal_id holder, std::uint64_t number);
  void take_timers(const frame& f);
  void take_inputs(const frame& f, std::size_t journal);
  [[nodiscard]] const unhandled_event* find(const event_id& id) noexcept;
  saga_index saga_of(const event_view& event, type_index type, const frame& f);
  saga_index start(const event_view& event, type_index type, const frame& f);
  [[nodiscard]] bool is_parked(const event_view& event) const;
  void name(saga_index index, const event_view& event, type_index type);
  saga_index open(correlation_id correlation, timestamp started);
  bool adopt(saga s);
  void shrink(std::size_t journal);
  void settle(saga_index index);
  [[nodiscard]] bool is_settled(saga_index index) const;
  [[nodiscard]] saga whole(saga_index index) const;

  const saga_map* map_;
  timer_watch timers_;
  std::vector<position> positions_;
  std::vector<std::uint64_t> cursors_; // by consumer, then source
  std::vector<window> windows_;        // by journal
  std::vector<hot_part> hot_;          // by saga_index
  std::deque<cold_part> cold_;         // by saga_index
  std::vector<saga_index> free_;
  std::vector<std::vector<unhandled_event>> spare_; // memory of frames that are handled, for the next ones
  std::unordered_map<correlation_id, saga_index> by_correlation_;
  struct event_hash {
    std::size_t operator()(const event_id& id) const noexcept {
      const auto place = static_cast<std::uint64_t>(id.sequence) << 20U ^ id.index;
      return (place ^ static_cast<std::uint64_t>(id.journal) << 32U) * 0x9e3779b97f4a7c15ULL >> 16U;
    }
  };
  std::unordered_map<event_id, unhandled_event, event_hash> owed_; // effects, by what asks for them
  key_list keys_;                                                  // scratch
  event_id last_cause_;                                            // events have the causes of their neighbours
  const std::vector<unhandled_event>* last_found_ = nullptr;       // its frame
  std::map<type_index, std::uint64_t> ended_;
  std::map<std::pair<type_index, type_index>, std::uint64_t> drift_;
};

} // namespace reel::core
