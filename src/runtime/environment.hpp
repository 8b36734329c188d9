// What all actors of a node share: plan, log, snapshots, clock, status and limits.
#pragma once

#include "core/partition.hpp"
#include "runtime/cluster.hpp"
#include "runtime/defaults.hpp"
#include "runtime/plan.hpp"
#include "runtime/status.hpp"
#include "transport/log.hpp"

#include <reel/feed.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace reel::runtime {

struct limits {
  std::size_t frame_bytes_max = defaults::frame_bytes_max;
  std::size_t appends_in_flight_max = defaults::appends_in_flight_max;
  std::int64_t lane_credit = defaults::lane_credit;
  std::uint64_t snapshot_frames = defaults::snapshot_frames; ///< 0: never
};

/// Immutable after the node has started; what it points to is thread-safe.
struct environment {
  std::string node_name = "node";
  std::shared_ptr<const plan> plan_;
  transport::log* log = nullptr;
  transport::snapshot_store* snapshots = nullptr; ///< may be null
  std::function<timestamp()> now;                 ///< wall clock, or the simulation's
  /// Goes on while the machine sleeps; or the simulation's. Leases are measured by it.
  std::function<std::chrono::nanoseconds()> boot_time = runtime::boot_time;
  std::shared_ptr<node_status> status;
  runtime::limits limits;
  std::optional<cluster_options> cluster;        ///< none: this node is alone, and runs every partition
  core::partition::attempt_hook before_reaction; ///< for simulations; see partition::interpose
};

} // namespace reel::runtime
