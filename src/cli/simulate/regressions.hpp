// The failures that a search found once, kept in a file so that they are run again for ever.
#pragma once

#include "cli/simulate/search.hpp"

#include <string>
#include <vector>

namespace reel::cli {

/// One failure per line: "SEED FLOWS FAULTS", then what it was, for people; lines that begin with # are comments. A
/// file that does not exist has none. Errors: io; invalid, naming file and line.
[[nodiscard]] core::expected<std::vector<seed_settings>> read_regressions(const std::string& file);
/// Adds those that the file does not have yet. Errors: io.
[[nodiscard]] core::expected<void> keep_regressions(const std::string& file, const std::vector<failed_seed>& failed);

} // namespace reel::cli
