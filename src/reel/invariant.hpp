// What must hold over all journals of a choreography, checked from the journals alone.
#pragma once

#include <reel/descriptor.hpp>

namespace reel {

/// One event as it stands in a journal.
struct fact {
  const event_info* type = nullptr;
  const std::byte* payload = nullptr; ///< verified; valid only during the call
  event_id id;
  event_id cause; ///< sequence 0 for a root event
  correlation_id correlation{};
  timestamp time{};
  std::string_view service; ///< or source
  std::string_view key;     ///< of the publishing entity
  std::size_t frame_events = 1;

  template <class Event>
  [[nodiscard]] const Event* as() const; // null when the fact is of another type; defined in event.hpp
};

/// One broken promise.
struct violation {
  std::string invariant; ///< which: "stock"
  std::string what;      ///< "SKU 22423: 10 on hand + 3 reserved + 2 shipped, 16 received"
  std::string key;       ///< the flow it concerns (an order), or empty; its timeline is printed
  correlation_id flow{}; ///< that flow, when only its correlation is known
};

/// Sees every event of all journals once, causes before their effects, and then says what was wrong.
///
/// Knows nothing of the runtime's state. Memory must not grow with finished flows by more than a few bytes each.
/// Not thread-safe.
class invariant {
public:
  virtual ~invariant() = default;
  /// Short name, e.g. "stock", "money", "terminal", "compensation".
  [[nodiscard]] virtual std::string_view name() const = 0;
  virtual void observe(const fact& event) = 0;
  /// Called once after the last event. `quiescent` is false when the run was not complete, so that open flows are no
  /// violation.
  [[nodiscard]] virtual std::vector<violation> finish(bool quiescent) = 0;
};

} // namespace reel
