// Strong identifiers and the one value type for time: what names an event, a journal and a moment.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace reel {

/// XXH3 (low 32 bits) of an event's fully qualified name. Stable across builds and machines.
enum class event_type_id : std::uint32_t {};

/// XXH3 (low 32 bits) of a journal's name, e.g. "inventory/0". Stable across builds and machines.
enum class journal_id : std::uint32_t {};

/// Number of a frame in its journal. The genesis is 1; 0 means "nothing yet".
enum class frame_sequence : std::uint64_t {};

[[nodiscard]] constexpr std::uint64_t number(frame_sequence sequence) noexcept {
  return static_cast<std::uint64_t>(sequence);
}
[[nodiscard]] constexpr frame_sequence following(frame_sequence sequence) noexcept {
  return frame_sequence{number(sequence) + 1};
}
[[nodiscard]] constexpr frame_sequence preceding(frame_sequence sequence) noexcept {
  return frame_sequence{number(sequence) - 1};
}

/// Same for all events of one flow (one order): XXH3 of the key of the event that started it.
enum class correlation_id : std::uint64_t {};

/// Wall-clock time, nanoseconds since 1970.
using timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// Where an event stands: its identity, unique in a cluster.
struct event_id {
  journal_id journal{};
  frame_sequence sequence{};
  std::uint32_t index = 0; ///< in the frame's events

  friend auto operator<=>(const event_id&, const event_id&) = default;
};

/// True for an event that a journal holds; false for the missing cause of a root event.
[[nodiscard]] constexpr bool exists(const event_id& id) noexcept {
  return id.sequence != frame_sequence{};
}

} // namespace reel
