// Counts what happened in a run, from its events: how flows ended and why, how long they took, examples to show.
#pragma once

#include "cli/histogram.hpp"
#include "cli/timeline.hpp"
#include "core/frame.hpp"

#include <reel/invariant.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reel::cli {

/// A flow is all events of one correlation: it starts with an event that nothing caused, and ends with a terminal one.
/// Memory grows with open flows only. Not thread-safe.
class flow_statistics {
public:
  /// The registry must outlive this.
  explicit flow_statistics(const core::event_registry& registry);

  /// Must be called with causes before effects; event.type must not be null.
  void observe(const fact& event);

  [[nodiscard]] std::uint64_t events() const noexcept {
    return events_;
  }
  [[nodiscard]] std::uint64_t compensations() const noexcept {
    return compensations_;
  }
  /// How often each type occurred, by qualified name; types that did not occur are left out.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> by_type() const;
  [[nodiscard]] std::uint64_t count_of(std::string_view type) const noexcept;
  /// Flows that ended with this terminal event.
  [[nodiscard]] std::uint64_t ended(std::string_view terminal_type) const noexcept;
  /// Why flows ended with this event, and how many; the most frequent first. The reason is the value of the event's
  /// enum field `reason` when it has one that is set, otherwise the type of the flow's first failure, otherwise that of
  /// the last event that came from outside and did not start the flow, otherwise empty.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> reasons(std::string_view terminal_type) const;
  /// Nanoseconds from a flow's first event to its terminal one.
  [[nodiscard]] const histogram& latency() const noexcept {
    return latency_;
  }

  /// Among the first flows: one that ended without any compensation, and one that undid as many kinds of steps as
  /// possible.
  [[nodiscard]] std::optional<timeline> plain_example() const;
  [[nodiscard]] std::optional<timeline> compensated_example() const;

private:
  struct open_flow {
    timestamp start{};
    std::uint16_t reason = 0; ///< registry index + 1; 0: none
    bool failed = false;
  };
  struct followed_flow {
    timeline story;
    std::size_t compensations = 0;
    bool ended = false;
  };

  void follow(const fact& event, std::uint16_t type, bool is_first);
  void end(const fact& event, std::uint16_t type);

  const core::event_registry* registry_;
  std::vector<std::uint64_t> counts_; ///< by registry index
  std::unordered_map<std::uint64_t, open_flow> open_;
  std::map<std::pair<std::uint16_t, std::string_view>, std::uint64_t> ended_; ///< by (terminal type, reason)
  std::map<std::uint64_t, followed_flow> followed_;
  std::vector<std::size_t> followed_starts_; ///< by registry index of the first event's type
  histogram latency_;
  std::uint64_t events_ = 0;
  std::uint64_t compensations_ = 0;
};

/// How many flows are followed to find examples, by type of their first event.
inline constexpr std::size_t followed_flows_max = 512;

} // namespace reel::cli
