// What a configured node works on: its directory, its log, its snapshots and its plan.
#pragma once

#include "cli/config/settings.hpp"
#include "core/error.hpp"
#include "runtime/plan.hpp"
#include "transport/embedded/directory_lock.hpp"
#include "transport/embedded/embedded_snapshots.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

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

} // namespace reel::cli
