// Runs this program again with other arguments, so that what is measured has a process of its own.
#pragma once

#include <string>
#include <vector>

namespace reel::cli::bench {

struct child_result {
  int status = 0;     ///< exit status, or 128 and the signal
  std::string output; ///< what it wrote to standard output
};

/// Waits for its end. Standard error is passed on. Throws std::system_error when it cannot be started.
[[nodiscard]] child_result run_self(const std::vector<std::string>& arguments);

} // namespace reel::cli::bench
