// The end of a run, told: for a person, and as one JSON object for a program.
#pragma once

#include "cli/run_report.hpp"

#include <string>

namespace reel::cli {

/// Several lines, ended by a line break.
[[nodiscard]] std::string summary_text(const run_report& report, bool colour);

/// Exactly one object, on one line, without line break.
[[nodiscard]] std::string summary_json(const run_report& report);

} // namespace reel::cli
