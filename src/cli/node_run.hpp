// One process's node, as a configuration describes it, from its log to its end.
#pragma once

#include "cli/config/settings.hpp"
#include "core/error.hpp"

#include <reel/descriptor.hpp>

namespace reel::cli {

/// Runs the hosted services and read models until SIGINT or SIGTERM, and ends in order; a second signal ends it at
/// once. What it does is told by log lines. Returns the exit status: 0; 1 when a journal was halted meanwhile. Errors:
/// those of opening, before anything runs. Throws std::invalid_argument on a plan that cannot be.
[[nodiscard]] core::expected<int> run_node(const choreography_info& choreography, const settings& configured);

} // namespace reel::cli
