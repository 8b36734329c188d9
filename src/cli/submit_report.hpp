// What became of a submission, for people and for programs.
#pragma once

#include "cli/run_report.hpp"

#include <cstdint>
#include <string>

namespace reel::cli {

/// Numbers are of the whole input, those of earlier runs included, where nothing else is said.
struct submit_report {
  std::string title;  ///< "20000 generated orders, seed 1"
  std::string plural; ///< "orders"
  std::string input;  ///< its identity
  std::uint64_t total = 0;
  std::uint64_t submitted = 0;
  std::uint64_t submitted_before = 0; ///< of those, by earlier runs
  std::uint64_t already_there = 0;    ///< left out: another input had brought them
  std::uint64_t completed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t ended_now = 0; ///< in this run
  std::uint64_t rejected_lines = 0;
  std::uint64_t rejected_flows = 0;
  double seconds = 0; ///< from the first flow of this run to the last end
  latency_summary latency_ms;
  bool waited = true;
  bool interrupted = false;
  bool timed_out = false;

  [[nodiscard]] std::uint64_t open() const {
    return submitted - completed - cancelled;
  }
  /// All that is there to be submitted is stored.
  [[nodiscard]] bool stored() const {
    return submitted + already_there >= total;
  }
};

[[nodiscard]] std::string submit_text(const submit_report& report);
/// One object, without line break.
[[nodiscard]] std::string submit_json(const submit_report& report);

} // namespace reel::cli
