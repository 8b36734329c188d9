// Checks a whole data directory from its journals alone: that they fit together, and every invariant of the
// choreography.
#pragma once

#include "cli/compensation_backlog.hpp"
#include "cli/flow_statistics.hpp"
#include "cli/journal_scan.hpp"
#include "cli/run_report.hpp"
#include "cli/timeline.hpp"

#include <reel/descriptor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reel::cli {

struct verify_options {
  /// Whether the run is over, so that an open flow is a violation. Found out from the journals when not given.
  std::optional<bool> quiescent;
  /// Called now and then with the events seen so far.
  std::function<void(std::uint64_t events)> on_progress;
  /// Asked now and then; true gives up.
  std::function<bool()> give_up;
};

/// What a verification found. `statistics` points into `registry`.
struct verify_result {
  std::unique_ptr<core::event_registry> registry;
  std::unique_ptr<flow_statistics> statistics;
  std::vector<invariant_result> invariants; ///< those of the choreography, then "journals": how they fit together
  std::vector<violation> violations;        ///< the first ones of each invariant, at most `violations_kept_max` each
  std::vector<timeline> timelines;          ///< of the flows that the violations concern, each once
  std::uint64_t frames = 0;
  std::uint64_t events = 0;
  std::uint64_t owed_effects = 0; ///< calls that the world has not answered
  std::uint64_t dead_letters = 0;
  /// Parked reactions of flows that have failed and are not undone. When it is found out whether the run is over, it is
  /// not while there are any: an open flow is then no violation.
  std::vector<waiting_compensation> waiting;
  flow_info flow;                      ///< what people call one
  std::uint64_t deadlines_started = 0; ///< written as armed; those stopped in the same frame never are
  std::uint64_t deadlines_passed = 0;
  std::uint64_t deadlines_armed = 0; ///< at the end
  bool complete = true;              ///< false when it was given up: then nothing is concluded
  bool quiescent = true;
  bool inputs_complete = true;

  [[nodiscard]] bool holds() const noexcept;
};

inline constexpr std::size_t violations_kept_max = 20;

/// Reads all journals once, and once more when there are violations to tell. Errors: when the journals cannot be read
/// (io, corrupt, chain_broken).
[[nodiscard]] core::expected<verify_result> verify(transport::log& log, const choreography_info& choreography,
                                                   const verify_options& options = {});

/// For people: each violation with the timeline of its flow.
[[nodiscard]] std::string verify_text(const verify_result& result, bool colour);
/// One JSON object on one line.
[[nodiscard]] std::string verify_json(const verify_result& result);

/// The timelines of some flows, in the order asked for; flows without events are left out.
[[nodiscard]] core::expected<std::vector<timeline>>
collect_timelines(transport::log& log, const core::event_registry& registry, const std::vector<correlation_id>& flows);

} // namespace reel::cli
