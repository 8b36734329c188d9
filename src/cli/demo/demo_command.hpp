// The demo and submissions as commands: their options, how they are read, and what is wrong with them.
#pragma once

#include "cli/demo/demo_options.hpp"

#include <reel/main.hpp>

#include <functional>

namespace reel::demo {

/// `run` is called with valid options and returns the exit status.
[[nodiscard]] command demo_command(std::function<int(const demo_options&)> run);
/// Like that.
[[nodiscard]] command submit_command(std::function<int(const demo_options&)> run);

} // namespace reel::demo
