// A command that feeds a program's own input into a cluster of it, once, whatever happens meanwhile.
//
//   reel::command submit{"submit", "Request trips"};
//   submit.options = reel::submit_run_options(settings, "trips");
//   submit.run = [settings] { return reel::run_submit(*settings, open_trips()); };
#pragma once

#include <reel/demo.hpp>
#include <reel/main.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace reel {

/// How an input is submitted.
struct submit_settings {
  std::string config;                   ///< file of a node's configuration; empty: none
  std::vector<std::string> assignments; ///< "log.replicas=3": other values for its settings
  double rate = 0;  ///< flows per second, whether the services keep up or not; 0: as fast as it goes
  bool wait = true; ///< until all flows have ended, not only until they are stored
  std::chrono::milliseconds timeout{0}; ///< for the waiting; 0: for ever
  bool json = false;                    ///< the summary as one JSON object
};

/// The options that set them: --config, --set, --rate, --no-wait, --timeout, --json. `flows` is what people call what
/// comes in: "orders".
[[nodiscard]] std::vector<command_option> submit_run_options(const std::shared_ptr<submit_settings>& settings,
                                                             const std::string& flows);

/// Submits the input to the cluster of the configuration, as an owner of the source for that time. With the embedded
/// log, on which no node may run meanwhile, this process runs the services too. Shows progress, and prints a summary to
/// stdout. The same input again, also after others, goes on where it was interrupted; flows whose key is in the source
/// already are left out. Returns the exit status: 0; 1 when something went wrong or time was up; 69 and 78 as main()
/// says; 130 when it was interrupted.
[[nodiscard]] int run_submit(const submit_settings& settings, demo_input input);

} // namespace reel
