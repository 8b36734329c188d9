// Runs many seeds of a simulation, and tells what they found.
#pragma once

#include "cli/simulate/seed_run.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace reel::cli {

struct search_settings {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  std::uint64_t flows = 20;
  fault_set faults;
  double virtual_hours_max = 0; ///< 0: no limit
  std::uint64_t threads = 1;
  std::string regressions; ///< a file of failures, or empty
  std::function<void(std::string_view line)> trace;
  std::function<bool()> give_up;
  bool progress = false; ///< on stderr
};

/// A seed that failed, as small as it could be made.
struct failed_seed {
  seed_settings as_found;
  seed_settings smallest;
  seed_result result; ///< of `smallest`
};

struct search_result {
  std::string program; ///< "shop"
  std::string flows;   ///< "orders"
  std::uint64_t passed = 0;
  std::vector<failed_seed> failed; ///< by seed; the search stops after `failures_max` of them
  std::uint64_t repeated = 0;      ///< runs that were made twice to see whether they are the same
  std::uint64_t regressions = 0;   ///< kept failures that were run again
  std::uint64_t steps = 0;
  std::uint64_t events = 0;
  std::uint64_t crashes = 0;
  std::uint64_t throws = 0;
  std::uint64_t clusters = 0; ///< runs of several nodes; what follows is theirs
  runtime::ownership_counters ownership;
  transport::simulated_counters log;
  double virtual_hours = 0;
  double seconds = 0;
};

inline constexpr std::size_t failures_max = 5;
/// Every so many seeds a run is made twice: it must be the same.
inline constexpr std::uint64_t seeds_per_repeat = 100;

/// Errors: when the file of regressions cannot be read or written (io, invalid with its line).
[[nodiscard]] core::expected<search_result> search(const simulated_program& program, const search_settings& settings);

/// The command that repeats a run.
[[nodiscard]] std::string repeat_command(const search_result& result, const seed_settings& settings);
[[nodiscard]] std::string search_text(const search_result& result);
[[nodiscard]] std::string search_json(const search_result& result);

} // namespace reel::cli
