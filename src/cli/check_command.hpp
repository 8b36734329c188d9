// `check`: what the proof of a choreography found, for people and for programs.
#pragma once

#include "core/finding.hpp"

#include <reel/descriptor.hpp>

#include <string>

namespace reel::cli {

struct checked_choreography {
  bool sound = true; ///< no fault that is not accepted; warnings may be there
  std::string text;  ///< for people, ended by a line break
  std::string json;  ///< one object, ended by a line break
};

[[nodiscard]] checked_choreography check_choreography(const choreography_info& choreography);

/// The findings that keep a choreography from running, with how to go on; empty when it is sound.
[[nodiscard]] std::string refusal(const choreography_info& choreography);

} // namespace reel::cli
