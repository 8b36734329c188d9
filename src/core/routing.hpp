// Routing: which reactions of which entities an event concerns, and in which partition they live.
#pragma once

#include "core/frame.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace reel::core {

/// One event for one entity: run this reaction, or what the constants say.
struct delivery {
  static constexpr std::uint16_t entity_ends = 0xffff;
  /// The event starts or stops deadlines of the entity.
  static constexpr std::uint16_t deadlines = 0xfffe;
  /// From here on: a deadline passes, reaction - first_deadline is its index in actor_info::deadlines. Routing never
  /// gives these.
  static constexpr std::uint16_t first_deadline = 0x8000;

  std::uint32_t event = 0;    ///< index in the source frame
  std::uint16_t actor = 0;    ///< index in service_info::actors
  std::uint16_t reaction = 0; ///< index in actor_info::reactions, or one of the constants
  std::string_view key;       ///< lives as long as the routed_frame
};

/// What one source frame holds for one partition. Immutable after routing; views point into `source`.
struct routed_frame {
  std::shared_ptr<const frame> source;
  std::vector<delivery> deliveries;      ///< in the order of the source frame
  std::deque<std::string> computed_keys; ///< keys that are not views into the frame
};

/// Routes the events of source frames to the partitions of one service. Immutable after construction; not thread-safe
/// because of its scratch memory: one per reader.
class router {
public:
  /// Both must outlive the router.
  router(const service_info& service, const event_registry& registry, std::uint32_t partitions);

  /// True when the service wants at least one of these types.
  [[nodiscard]] bool wants(std::span<const event_type_id> types) const;
  [[nodiscard]] bool wants(event_type_id type) const noexcept;

  /// Demultiplexes a frame: one routed_frame per partition, without deliveries where nothing concerns it.
  [[nodiscard]] std::vector<std::shared_ptr<routed_frame>> route(const std::shared_ptr<const frame>& source);

private:
  struct subscription {
    std::uint16_t actor;
    std::uint16_t reaction;
    void (*keys)(const std::byte*, key_list&);
  };

  void add_deadlines(const actor_info& info, std::uint16_t actor);
  void route_event(const frame& source, std::uint32_t index, std::vector<std::shared_ptr<routed_frame>>& out);

  const event_registry* registry_;
  std::uint32_t partitions_;
  std::vector<std::vector<subscription>> by_type_; // by registry index
  key_list keys_;
};

/// The event types that a service publishes.
[[nodiscard]] std::vector<event_type_id> published_types(const service_info& service);

} // namespace reel::core
