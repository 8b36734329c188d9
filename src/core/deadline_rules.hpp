// What starts and stops the deadlines of a service, as tables over its event types.
#pragma once

#include "core/frame.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

/// The number by which journals name a deadline: XXH3 (low 32 bits) of "Actor/event/after", with the events' numbers.
[[nodiscard]] std::uint32_t deadline_tag(const actor_info& actor, const deadline_info& deadline);

/// One deadline of a service.
struct deadline_rule {
  std::uint16_t actor = 0;
  std::uint16_t place = 0; ///< in actor_info::deadlines
  std::uint32_t tag = 0;
  const deadline_info* info = nullptr;
};

/// What an event does to a deadline.
struct deadline_effect {
  std::uint16_t deadline = 0; ///< index in deadline_rules::all()
  bool starts = false;        ///< else it stops it
  bool is_own = false;        ///< an event of the deadline's own actor; else it is handled like an input
};

/// Immutable; thread-safe.
class deadline_rules {
public:
  /// Both must outlive the rules. Throws std::invalid_argument when an actor has a deadline twice.
  deadline_rules(const service_info& service, const event_registry& registry);

  [[nodiscard]] bool empty() const noexcept {
    return all_.empty();
  }
  [[nodiscard]] std::span<const deadline_rule> all() const noexcept {
    return all_;
  }
  /// The deadlines of an actor stand side by side: [first, last).
  [[nodiscard]] std::pair<std::uint16_t, std::uint16_t> of_actor(std::size_t actor) const noexcept {
    return {first_[actor], first_[actor + 1]};
  }
  /// By index in the registry.
  [[nodiscard]] std::span<const deadline_effect> effects(std::size_t type) const noexcept {
    return effects_[type];
  }
  /// The index of a deadline in all(); nothing when the program does not have it any more.
  [[nodiscard]] std::optional<std::uint16_t> find(std::uint32_t tag) const noexcept;

private:
  std::vector<deadline_rule> all_;
  std::vector<std::uint16_t> first_;                  // by actor, and one more
  std::vector<std::vector<deadline_effect>> effects_; // by registry index, and one more for unknown types
};

/// The names of what is no reaction, where pending entries name one: handling an event that starts or stops deadlines
/// of others, and a deadline that passes.
inline constexpr std::string_view deadline_event_name = "(deadlines)";
[[nodiscard]] std::string deadline_name(const event_registry& registry, const deadline_info& deadline);

} // namespace reel::core
