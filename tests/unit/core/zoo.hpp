// What the check says of a sketched choreography.
#pragma once

#include "core/check.hpp"
#include "sketch.hpp"

#include <string>

namespace reel::core {

/// One line for each finding: "undo-missing Charged after NotShipped".
inline std::string found_in(const choreography_info& choreography) {
  std::string lines;
  for (const auto& f : check(choreography)) {
    lines += (lines.empty() ? "" : "\n") + f.code + " " + f.where + (f.accepted.empty() ? "" : " (accepted)");
  }
  return lines;
}

inline std::string found_in(const std::string& text) {
  return found_in(sketch(text).info());
}

} // namespace reel::core
