// The armed deadlines of all journals, read off the frames alone: for reports, and to check that none passes early or
// without having been armed.
#pragma once

#include "core/deadline_rules.hpp"
#include "core/frame.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reel::core {

/// A deadline that a journal says is armed.
struct watched_timer {
  timestamp due{};
  correlation_id correlation{};
  std::uint32_t deadline = 0; ///< deadline_tag()

  friend bool operator==(const watched_timer&, const watched_timer&) = default;
};

/// A deadline of a choreography, and whose it is.
struct watched_deadline {
  std::string service;
  std::string actor;
  const deadline_info* info = nullptr;
};

/// Feed it every journal's frames in their order; how the journals mix does not matter. Memory: about 100 bytes per
/// armed deadline. Not thread-safe.
class timer_watch {
public:
  /// Both must outlive it.
  timer_watch(const choreography_info& choreography, const event_registry& registry);

  void observe(const frame& f);

  /// Null for a deadline that the program does not have.
  [[nodiscard]] const watched_deadline* find(std::uint32_t tag) const;
  [[nodiscard]] std::size_t armed() const noexcept {
    return timers_.size();
  }
  [[nodiscard]] bool has(correlation_id correlation) const {
    return by_flow_.contains(correlation);
  }
  /// Those of a flow, the one that is due first at the front.
  [[nodiscard]] std::vector<watched_timer> of(correlation_id correlation) const;
  /// Flows of which the last frame stopped a deadline.
  [[nodiscard]] const std::vector<correlation_id>& touched() const noexcept {
    return touched_;
  }
  [[nodiscard]] std::uint64_t started() const noexcept {
    return started_;
  }
  [[nodiscard]] std::uint64_t passed() const noexcept {
    return passed_;
  }
  /// What should never happen, with the flow: a deadline that passed early, or that was not armed.
  [[nodiscard]] const std::vector<std::pair<correlation_id, std::string>>& findings() const noexcept {
    return findings_;
  }

  /// For saving: each timer with its place, a hash of journal, deadline and key.
  void for_each(const std::function<void(std::uint64_t place, const watched_timer&)>& visit) const;
  void adopt(std::uint64_t place, const watched_timer& timer);

private:
  struct own_effect {
    std::uint32_t deadline = 0;
    bool passes = false; // the event is the deadline's, and nobody else publishes it
  };

  void take_event(const frame& f, std::size_t index);
  void stop(std::uint64_t place);
  [[nodiscard]] static std::uint64_t place_of(journal_id journal, std::uint32_t deadline, std::string_view key);
  [[nodiscard]] std::string_view key_of(const event_view& event);

  const event_registry* registry_;
  std::unordered_map<std::uint32_t, watched_deadline> deadlines_;
  std::vector<std::vector<own_effect>> effects_; // by registry index, and one more
  std::unordered_map<std::uint64_t, watched_timer> timers_;
  std::unordered_multimap<correlation_id, std::uint64_t> by_flow_;
  std::vector<correlation_id> touched_;
  std::vector<std::pair<correlation_id, std::string>> findings_;
  std::uint64_t started_ = 0;
  std::uint64_t passed_ = 0;
  key_list keys_;
};

} // namespace reel::core
