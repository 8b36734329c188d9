// The effects that a partition owes the world: what its own events have started and no frame has settled yet.
#pragma once

#include "core/frame.hpp"

#include <reel/effect.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reel::core {

/// One call to make. Immutable once the frame of its event is sealed; shared between the partition and whoever calls.
struct owed_effect {
  static constexpr std::uint16_t unknown = 0xffff;

  event_id event;         ///< that started it
  std::uint64_t hash = 0; ///< of the event's frame, the first 8 bytes
  event_type_id type{};
  std::uint16_t version = 0;
  std::uint16_t actor = unknown;    ///< index in service_info::actors
  std::uint16_t reaction = unknown; ///< index in actor_info::reactions; unknown: this program has no such effect
  correlation_id correlation{};
  std::string key;
  std::vector<std::byte> payload;
};

/// The event that an owed effect or a parked entry keeps, as it was in its journal. Valid as long as `kept`.
template <class Kept>
[[nodiscard]] event_view view_of(const Kept& kept) {
  event_view event;
  event.id = kept.event;
  event.type = kept.type;
  event.version = kept.version;
  event.correlation = kept.correlation;
  event.payload = kept.payload;
  return event;
}

using shared_effect = std::shared_ptr<const owed_effect>;

/// "payment/0:17.3-0123456789abcdef": what the called side knows the effect by. The hash makes it unique even when a
/// journal was lost and grew again.
[[nodiscard]] std::string idempotency_key(std::string_view journal_name, const owed_effect& owed);

/// What came of an effect: the answer, or a failure.
struct effect_result {
  event_id event;
  std::shared_ptr<const void> answer;
  std::optional<effect_failure> failure;
};

/// Effects by their events, in the order of the journal. Not thread-safe.
class owed_effects {
public:
  /// Owed from a frame on that is not sealed yet.
  void add(std::shared_ptr<owed_effect> owed) {
    fresh_.push_back(owed);
    entries_.emplace(owed->event, std::move(owed));
  }
  /// The frame is sealed.
  void seal(frame_sequence sequence, const frame_hash& hash);
  /// Owed as a committed frame or a snapshot says.
  void recover(std::shared_ptr<owed_effect> owed) {
    to_call_.emplace_back(frame_sequence{}, owed);
    entries_.emplace(owed->event, std::move(owed));
  }
  /// Null when it is not owed (any more).
  [[nodiscard]] shared_effect find(const event_id& event) const {
    const auto place = entries_.find(event);
    return place != entries_.end() ? place->second : nullptr;
  }
  void remove(const event_id& event) {
    entries_.erase(event);
  }
  void clear();
  /// Those that have not been taken yet and whose frames are committed up to here. Effects that were settled meanwhile
  /// are left out.
  [[nodiscard]] std::vector<shared_effect> take(frame_sequence committed);

  [[nodiscard]] std::size_t size() const noexcept {
    return entries_.size();
  }
  [[nodiscard]] const std::map<event_id, std::shared_ptr<owed_effect>>& entries() const noexcept {
    return entries_;
  }

private:
  std::map<event_id, std::shared_ptr<owed_effect>> entries_;
  std::vector<std::shared_ptr<owed_effect>> fresh_;              // of the open frame
  std::deque<std::pair<frame_sequence, shared_effect>> to_call_; // with the frame that makes them owed
};

} // namespace reel::core
