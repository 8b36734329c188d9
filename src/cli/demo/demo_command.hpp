// The demo as a command: its options, how they are read, and what is wrong with them.
#pragma once

#include "cli/demo/demo_options.hpp"

#include <reel/main.hpp>

#include <functional>
#include <optional>
#include <string_view>

namespace reel::demo {

/// `run` is called with valid options and returns the exit status.
[[nodiscard]] command demo_command(std::function<int(const demo_options&)> run);

/// "0.05", "5%", "1": a share from 0 to 1. Nothing for anything else.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

/// "20000", "20k", "1M". Nothing for anything else, and beyond 10^18.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

} // namespace reel::demo
