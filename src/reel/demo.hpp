// A program that shows itself at work: its own input runs through the choreography on one node, then a report is
// printed.
//
//   reel::command demo{"demo", "Book trips"};
//   demo.options = reel::demo_run_options(settings, "trips");
//   demo.run = [settings] { return reel::run_demo(*settings, open_trips()); };
#pragma once

#include <reel/feed.hpp>
#include <reel/main.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace reel {

/// How a demo runs, whatever its input is.
struct demo_settings {
  double rate = 0;              ///< flows per second, whether the services keep up or not; 0: as fast as it goes
  std::uint32_t partitions = 2; ///< per service
  std::string data;             ///< directory or brokers of the journals; empty: a fresh temporary directory
  bool fsync = true;            ///< durability: fsync, or what the operating system keeps
  bool json = false;            ///< the report as one JSON object
  bool keep = false;            ///< the temporary directory
};

inline constexpr std::uint32_t demo_partitions_max = 64;

/// The options that set them: --rate, --partitions, --data, --durability, --keep, --json. `flows` is what people call
/// what comes in: "orders".
[[nodiscard]] std::vector<command_option> demo_run_options(const std::shared_ptr<demo_settings>& settings,
                                                           const std::string& flows);

/// A part of the input that was not taken, and why.
struct rejected_input {
  std::uint64_t line = 0; ///< 1 for the first line of a file
  std::string reason;
};

/// What runs. The choreography must say what its flows are (choreography::flows).
struct demo_input {
  choreography_info choreography;
  std::string title;       ///< "20000 generated orders"
  std::string source;      ///< the source that is fed: "intake"
  std::uint64_t total = 0; ///< flows that the input starts
  std::function<std::shared_ptr<feed>(feed_pace pace)> make_feed;
  std::uint64_t rejected_lines = 0; ///< of the input, and flows that do not exist because of them
  std::uint64_t rejected_flows = 0;
  std::vector<rejected_input> rejected_first; ///< the first few of them
};

/// Runs the input to its end on an embedded log, shows progress, checks all invariants from the journals, and prints
/// the report to stdout. The same settings and input go on where an earlier run in the same directory stopped. SIGINT
/// and SIGTERM end it in order. Returns the exit status: 0, or 1 when something went wrong or an invariant is broken.
[[nodiscard]] int run_demo(const demo_settings& settings, demo_input input);

} // namespace reel
