// The journal of a cluster: one bounded journal of any shared log, whose newest frame holds the whole register.
#pragma once

#include "core/cluster/state.hpp"
#include "transport/log.hpp"

#include <string>

namespace reel::transport {

/// Frames that a cluster's journal keeps: enough for people who look what happened a few minutes ago.
inline constexpr std::uint64_t cluster_frames_max = 1024;

/// No service can have its name.
[[nodiscard]] core::genesis_record cluster_genesis(const std::string& cluster);

/// The frame after `tail` with this record. `genesis` with its incarnation as the journal has it.
[[nodiscard]] core::sealed_frame seal_cluster(const core::genesis_record& genesis, const journal_tail& tail,
                                              const core::cluster_state& state, timestamp now);

/// What a frame of the journal says; the first one says that there is nothing yet. Errors: corrupt.
[[nodiscard]] core::expected<core::cluster_state> read_cluster(const core::frame& frame);

/// A cluster as its register shows it at one moment.
struct cluster_view {
  core::cluster_state state;
  frame_sequence sequence{}; ///< of the newest record; each change of membership or ownership is one
  timestamp written{};       ///< when that was, by its writer's clock
};

/// Looks at the register without being a member. Blocks. Errors: not_found when there never was a cluster of this name
/// on the log; those of the log.
[[nodiscard]] core::expected<cluster_view> load_cluster(log& log, const std::string& cluster);

} // namespace reel::transport
