// `coverage`: which edges of the choreography ran in some journals, how often, and which never.
#pragma once

#include "cli/edge_coverage.hpp"
#include "core/error.hpp"

#include <string>

namespace reel::transport {
class log;
}

namespace reel::cli {

/// Adds all journals of a log. Errors: those of journal_scan.
[[nodiscard]] core::expected<void> cover(transport::log& log, const core::event_registry& registry,
                                         edge_coverage& coverage);

/// For people: one line per edge, what never ran last, then the drift.
[[nodiscard]] std::string coverage_text(const std::string& name, const coverage_report& report, bool colour);
/// One JSON object on one line.
[[nodiscard]] std::string coverage_json(const coverage_report& report);

} // namespace reel::cli
