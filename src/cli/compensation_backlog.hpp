// Flows that have failed and cannot be undone yet, because an event whose reaction keeps throwing is parked.
#pragma once

#include "cli/journal_scan.hpp"

#include <reel/descriptor.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace reel::cli {

/// One reaction that a failed flow waits for.
struct waiting_compensation {
  correlation_id correlation{};
  std::string flow; ///< the key of the event that started it: an order
  std::string service;
  std::string actor;
  std::string reaction;
  std::string error; ///< empty: it waits behind another one
  std::uint32_t attempts = 0;
  bool given_up = false; ///< a dead letter: a person has to redrive or discard it
};

/// Collects what is parked while the journals are read; asks them a second time only when something is.
class compensation_backlog {
public:
  void observe(const core::frame& f, const journal_scan& scan);

  /// What is parked of flows that have failed, or whose reaction undoes a step, and that have not ended. Errors: those
  /// of reading.
  [[nodiscard]] core::expected<std::vector<waiting_compensation>>
  find(transport::log& log, const choreography_info& choreography, const core::event_registry& registry) const;

private:
  std::map<std::pair<journal_id, std::uint64_t>, waiting_compensation> parked_; // by journal and number
};

[[nodiscard]] std::string backlog_text(const std::vector<waiting_compensation>& waiting, const flow_info& flow,
                                       bool colour);
/// An array on one line.
[[nodiscard]] std::string backlog_json(const std::vector<waiting_compensation>& waiting);

} // namespace reel::cli
