// What the runtime's actors send each other. Copyable values; frames travel by reference.
#pragma once

#include "core/cluster/member.hpp"
#include "core/routing.hpp"
#include "transport/log.hpp"

#include <caf/fwd.hpp>

#include <caf/actor.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace reel::runtime {

/// Consumer -> reader: send me this journal from here on. A second one from the same consumer replaces the first.
struct attach_request {
  caf::actor consumer;
  std::uint32_t service = whole_frames; ///< index of the hosted service whose partition this is
  std::uint32_t partition = 0;
  frame_sequence handled{};
  std::int64_t credit = 0;
  std::uint64_t attachment = 0; ///< chosen by the consumer, unique per attach; comes back in every batch

  /// `service` of consumers that want every event of every frame: projections and observers.
  static constexpr std::uint32_t whole_frames = 0xffffffff;
};

/// Reader -> consumer: the next frames of one journal.
struct routed_batch {
  std::uint64_t attachment = 0;
  std::vector<std::shared_ptr<const core::routed_frame>> frames;
};

/// Consumer -> reader: this much of what you sent has been handled.
struct credit {
  std::uint64_t attachment = 0;
  std::int64_t amount = 0;
};

/// Log -> reader: the journal has grown.
struct journal_moved {
  frame_sequence last{};
};

/// Log -> actor: frames that did not come from memory.
struct journal_read {
  std::uint64_t ticket = 0;
  core::expected<transport::frames> frames;
};

/// Log -> writer of a journal.
struct append_answer {
  std::uint64_t ticket = 0;
  transport::append_result result;
};

/// An actor's note to itself.
struct wake {
  std::uint32_t reason = 0;
};

/// Keeper -> service: what to do with one of its partitions from now on.
struct partition_order {
  std::uint32_t partition = 0;
  core::partition_role role = core::partition_role::none;
  std::uint64_t epoch = 0; ///< of ownership, for role own
};

/// Service -> keeper: what became of it.
struct partition_report {
  std::uint32_t service = 0; ///< index in plan::services
  std::uint32_t partition = 0;
  core::local_phase phase = core::local_phase::absent;
  bool failed = false; ///< it ended although it should not have
};

/// Keeper -> service, once: who gives orders.
struct meet_keeper {
  caf::actor keeper;
};

/// Partition -> service: it stands by, and has folded all that there is.
struct standing_by {
  std::uint32_t partition = 0;
};

/// Service -> partition that stands by: own the journal, in this epoch or a later one.
struct take_over {
  std::uint64_t epoch = 0;
};

/// Finish what you have, then end.
struct drain {};

/// How much a frame weighs in credit: its deliveries, or all its events for consumers of whole frames, and one for
/// itself.
[[nodiscard]] inline std::int64_t weight(const core::routed_frame& frame, bool whole) {
  return static_cast<std::int64_t>(whole ? frame.source->event_count() : frame.deliveries.size()) + 1;
}

} // namespace reel::runtime
