// The command `bench`: the tables of the specification, measured here and now beside what it says.
#pragma once

#include "cli/bench/report.hpp"

#include <reel/demo.hpp>
#include <reel/main.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace reel::cli::bench {

/// A measurement that only this program has.
struct own_measure {
  std::string name; ///< "codec"
  std::string description;
  std::string size;         ///< of what the number counts: "orders"
  std::uint64_t number = 0; ///< default
  std::function<report(std::uint64_t number)> run;
};

/// What the benchmarks run: a program's flows, as many as asked for.
struct workload {
  /// `flows` of them, let in at the pace given.
  std::function<demo_input(std::uint64_t flows)> make;
  std::string demo_flows;                ///< the demo's option that says how many: "--orders"
  std::vector<std::string> demo_options; ///< of every demo that is measured: "--payment-failures", "10%"
  std::vector<own_measure> own;
};

struct window_settings {
  std::vector<double> rates{1'000, 10'000, 50'000}; ///< flows per second
  double seconds = 5;                               ///< that each rate is kept up
  std::uint32_t partitions = 2;
};

/// From when a flow is due until it can be seen in the read model, and until its end can be seen.
[[nodiscard]] report measure_window(const workload& work, const window_settings& settings);

struct saga_settings {
  std::uint64_t flows = 200'000;
  std::string broker; ///< URL of a nats-server; empty: none is measured
};

/// Flows per second at saturation and what one costs, each durability in a process of its own.
[[nodiscard]] report measure_saga(const workload& work, const saga_settings& settings);

/// What the disk and the memory of this machine can do at most, in the same run as what is compared with them.
[[nodiscard]] report measure_limits();

/// `bench window`, `bench saga`, `bench limits`, `bench all`.
[[nodiscard]] command bench_command(workload work);

} // namespace reel::cli::bench
