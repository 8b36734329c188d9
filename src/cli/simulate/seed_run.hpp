// One seed of a simulation: runs it, and judges it by its journals.
#pragma once

#include "cli/simulate/fault_draw.hpp"

#include <reel/simulate.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace reel::cli {

struct seed_settings {
  std::uint64_t seed = 1;
  std::uint64_t flows = 20;
  fault_set faults;
  /// Gets a line for everything that the world does to the program; may be null.
  std::function<void(std::string_view line)> trace;
};

struct seed_result {
  bool passed = false;
  std::string what;   ///< why not, in a sentence
  std::string report; ///< for people: the violations with the timelines of their flows; may be empty
  runtime::simulation_result run;
  std::uint64_t events = 0;
  std::uint64_t deadlines_started = 0; ///< written as armed
  std::uint64_t deadlines_passed = 0;
  std::chrono::nanoseconds virtual_time{};
  /// Of everything that the journals hold and of every step that led there: equal for the same seed.
  std::uint64_t digest = 0;
};

/// Thread-safe: runs share nothing.
[[nodiscard]] seed_result run_seed(const simulated_program& program, const seed_settings& settings);

/// A failing run with as few flows and kinds of faults as still fail; tries at most `runs_max` runs.
[[nodiscard]] seed_settings shrink(const simulated_program& program, seed_settings failing, std::uint32_t runs_max);

} // namespace reel::cli
