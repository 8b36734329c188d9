// What a run came to: the one value from which the summary and its JSON form are made.
#pragma once

#include "cli/timeline.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace reel::cli {

/// A count with its name.
struct named_count {
  std::string name;
  std::uint64_t count = 0;
};

struct input_fault {
  std::uint64_t line = 0;
  std::string reason;
};

struct invariant_result {
  std::string name; ///< "stock", "money", "terminal", "compensation"
  bool holds = true;
  std::vector<std::string> violations; ///< the first few, in words
  std::uint64_t violation_count = 0;
};

struct latency_summary {
  double p50 = 0, p95 = 0, p99 = 0, max = 0;
};

/// A story to print, with the sentence above it.
struct told_timeline {
  std::string title; ///< "Order 17, completed"
  timeline story;
};

struct run_report {
  std::string title;            ///< what was run: "20000 generated orders, seed 1"
  std::string flow = "flow";    ///< what people call one: "order"
  std::string plural = "flows"; ///< "orders"
  std::string directory;        ///< where the journals are
  bool directory_kept = true;
  std::string durability; ///< "fsync" or "os"; "broker" when a broker has the journals
  std::uint32_t partitions = 0;

  std::uint64_t flows = 0; ///< that entered
  std::uint64_t completed = 0;
  std::uint64_t cancelled = 0;
  std::vector<named_count> cancelled_because; ///< by reason
  std::uint64_t dead_letters = 0;
  std::uint64_t waiting_for_compensation = 0; ///< parked reactions of flows that failed and are not undone
  bool interrupted = false;                   ///< stopped before all flows ended; a run with the same directory goes on
  bool recovered = false;                     ///< continued an earlier run
  std::uint64_t recovered_flows = 0;          ///< that earlier runs had taken in
  double recovery_seconds = 0;
  std::uint64_t recovered_events = 0;

  std::uint64_t events = 0; ///< domain events, in all journals
  std::uint64_t compensations = 0;
  std::vector<named_count> events_by_type;

  double seconds = 0;                ///< from the first flow's entry to the last one's end
  std::uint64_t flows_ended_now = 0; ///< in this run; rates count these, not those of earlier runs
  std::uint64_t events_now = 0;
  double cpu_seconds = 0;     ///< user and system; 0 when not measured
  latency_summary latency_ms; ///< from a flow's first event to the terminal one
  std::uint64_t disk_bytes = 0;
  std::uint64_t peak_rss_bytes = 0;

  std::uint64_t rejected_lines = 0;
  std::uint64_t rejected_flows = 0;
  std::vector<input_fault> rejected_first;

  bool checked = false; ///< `invariants` are the result of a whole check of the journals
  std::vector<invariant_result> invariants;
  std::vector<told_timeline> timelines;

  [[nodiscard]] double flows_per_second() const noexcept {
    return seconds > 0 ? static_cast<double>(flows_ended_now) / seconds : 0;
  }
  [[nodiscard]] double events_per_second() const noexcept {
    return seconds > 0 ? static_cast<double>(events_now) / seconds : 0;
  }
  [[nodiscard]] bool invariants_hold() const noexcept {
    for (const auto& invariant : invariants)
      if (!invariant.holds)
        return false;
    return true;
  }
};

/// The most memory that this process has had resident so far, in bytes.
[[nodiscard]] std::uint64_t peak_rss_bytes();
/// User and system time of this process so far.
[[nodiscard]] double process_cpu_seconds();
/// What the files in a directory take on disk, in bytes; 0 when it cannot be read.
[[nodiscard]] std::uint64_t directory_bytes(const std::string& directory);

} // namespace reel::cli
