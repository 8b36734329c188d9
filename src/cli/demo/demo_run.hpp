// The demo and submissions. The demo: a node with all four services on an embedded log, fed with orders, watched, and
// checked at the end.
#pragma once

#include "cli/demo/demo_options.hpp"

#include <reel/demo.hpp>

namespace reel::demo {

/// The shop and its orders as the options say. Throws std::runtime_error when the file of orders cannot be read.
[[nodiscard]] demo_input open_input(const demo_options& options);

/// Returns the exit status: 0, or 1 when something went wrong or an invariant is broken.
[[nodiscard]] int run_demo(const demo_options& options);

/// Feeds the orders into the cluster of a configuration. Returns the exit status, as reel::run_submit() does.
[[nodiscard]] int run_submit(const demo_options& options);

} // namespace reel::demo
