// Searches for what breaks a choreography: whole runs of it under faults, in virtual time, each drawn from a seed.
//
//   reel::simulated_program trips{"trips", 20, [](std::uint64_t seed, std::uint64_t flows) { return ...; }};
//   return reel::main(argc, argv, trip::choreography(), {demo(), reel::simulate_command(trips)});
#pragma once

#include <reel/feed.hpp>
#include <reel/main.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace reel {

/// What runs under one seed: the program's own part of the draw. Must depend on the seed alone.
struct simulated_run {
  choreography_info choreography;
  std::string source; ///< the source that is fed: "intake"
  /// A fresh feed, for each life of a node: the source goes on from the offset that its journal has.
  std::function<std::shared_ptr<feed>()> make_feed;
};

/// What a program says of its simulation.
struct simulated_program {
  std::string flows = "flows";      ///< what people call what comes in: "orders"
  std::uint64_t flows_default = 20; ///< in one run; few, because many short runs find more than a long one
  /// Draws what a seed runs, with `flows` flows coming in.
  std::function<simulated_run(std::uint64_t seed, std::uint64_t flows)> draw;
};

/// The command `simulate`: the real actors on a simulated log, one run for each seed, with crashes and every other
/// fault that the log knows; each run is judged by its journals alone, as `verify` does. The same seed gives the same
/// run.
[[nodiscard]] command simulate_command(simulated_program program);

} // namespace reel
