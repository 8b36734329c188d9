// What a configured node works on: its directory, its log, its snapshots and its plan. And how it ends.
#pragma once

#include "cli/config/settings.hpp"
#include "cli/stop_signals.hpp"
#include "core/error.hpp"
#include "runtime/environment.hpp"
#include "runtime/node.hpp"
#include "transport/embedded/directory_lock.hpp"
#include "transport/embedded/embedded_snapshots.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <chrono>
#include <memory>

namespace reel::cli {

/// Destroyed in this order: snapshots, log, lock, plan.
struct node_log {
  std::shared_ptr<const runtime::plan> plan;
  transport::directory_lock lock; ///< on the node's directory; the embedded log has its own
  std::unique_ptr<transport::log> log;
  std::unique_ptr<transport::embedded_snapshots> snapshots;
};

[[nodiscard]] std::shared_ptr<const runtime::plan> make_plan(const choreography_info& choreography,
                                                             const settings& configured);

/// Creates directories that are missing. Blocks. Errors: unavailable (another node has the directory; no broker), and
/// those of opening a log.
[[nodiscard]] core::expected<node_log> open_node_log(const choreography_info& choreography, const settings& configured);

/// For a node on what was opened, which must outlive it.
[[nodiscard]] runtime::environment make_environment(const settings& configured, const node_log& opened);

/// Ends the node; a signal meanwhile ends the process at once.
void stop_in_order(runtime::node& node, const stop_signals& signals, std::chrono::milliseconds wait);

} // namespace reel::cli
