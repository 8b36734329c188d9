// `trace`: what really happened in one flow, from the journals, causes before effects.
#pragma once

#include "cli/timeline.hpp"
#include "core/error.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <map>
#include <string>
#include <string_view>

namespace reel::cli {

/// A flow as it stands in the journals.
struct flow_trace {
  timeline story;
  std::map<journal_id, std::string> journals; ///< names: "inventory/0"
};

/// All events of the flow that an event with this key started. Errors: not_found (no such flow), and those of
/// journal_scan.
[[nodiscard]] core::expected<flow_trace> trace_flow(transport::log& log, const choreography_info& choreography,
                                                    std::string_view key);

/// One object on one line: the flow's key and its events, each with its place in the journals.
[[nodiscard]] std::string trace_json(const flow_trace& trace);

} // namespace reel::cli
