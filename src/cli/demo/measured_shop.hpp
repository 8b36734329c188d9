// What the shop's benchmarks run.
#pragma once

#include "cli/bench/bench.hpp"

namespace reel::demo {

/// Orders of three lines on average, one payment in ten declined.
[[nodiscard]] cli::bench::workload measured_shop();

} // namespace reel::demo
