// A whole node, or a cluster of them, under a virtual clock, in one thread, with everything random drawn from a seed:
// the real actors on the simulated log, crashed and started again at arbitrary moments.
#pragma once

#include "runtime/environment.hpp"
#include "runtime/frame_consumer.hpp"
#include "transport/simulated/simulated_log.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace reel::runtime {

struct simulation_options {
  std::uint64_t seed = 1;
  /// When it begins: 2026-01-01, so that times look like times.
  timestamp start{std::chrono::nanoseconds(1'767'225'600'000'000'000)};
  std::uint32_t crashes_max = 8;
  /// A crash happens on average once in this many steps, until crashes_max.
  std::uint32_t steps_per_crash = 2000;
  /// Nodes of a cluster that share the storage; 0: one node that is alone.
  std::uint32_t nodes = 0;
  /// A node of a cluster is stopped as by SIGSTOP, often for longer than its lease, and goes on.
  std::uint32_t pauses_max = 0;
  std::uint32_t steps_per_pause = 2000;
  /// A node of a cluster ends in order, and comes back.
  std::uint32_t leaves_max = 0;
  std::uint32_t steps_per_leave = 2000;
  /// The driver gives up after this many steps: something does not end.
  std::uint64_t steps_max = 20'000'000;
  /// Permille of the reactions that throw, up to `throws_max` times each, before they do their work.
  std::uint32_t throwing = 0;
  std::uint32_t throws_max = 3;
  transport::simulated_options log;
  limits node_limits;
  /// Gets a line, with its virtual time, for everything that the world does to the node; may be null.
  std::function<void(std::string_view line)> trace;
};

/// What happened to the nodes of a cluster and to what they own, as they counted it themselves.
struct ownership_counters {
  std::uint64_t pauses = 0;
  std::uint64_t leaves = 0;
  std::uint64_t takeovers = 0;  ///< partitions that were nobody's
  std::uint64_t handovers = 0;  ///< partitions that were given away, alive
  std::uint64_t fenced = 0;     ///< partitions that ended because another owner wrote
  std::uint64_t expulsions = 0; ///< nodes that others took for dead and that were not
  std::uint64_t step_downs = 0; ///< heartbeats that were not committed in time

  ownership_counters& operator+=(const ownership_counters& other) noexcept;
};

struct simulation_result {
  std::uint64_t steps = 0;
  std::uint32_t crashes = 0;
  std::uint64_t throws = 0; ///< by reactions
  std::uint32_t nodes = 1;
  ownership_counters ownership;
  transport::simulated_counters log;
  bool quiescent = false; ///< everything came to rest
  std::vector<std::string> alarms;
  timestamp end; ///< virtual time when it came to rest
};

/// Runs the plan on `storage` until it rests. `input` makes a fresh feed for each life of the node, reading the source
/// `source`.
[[nodiscard]] simulation_result simulate(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                                         const std::string& source, const std::function<std::shared_ptr<feed>()>& input,
                                         const simulation_options& options);

} // namespace reel::runtime
