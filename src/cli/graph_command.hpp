// `check` and `graph`: what a choreography looks like, and what is wrong with it.
#pragma once

#include <reel/descriptor.hpp>

#include <string>
#include <string_view>

namespace reel::cli {

struct checked_choreography {
  bool sound = true; ///< no fault; warnings may be there
  std::string text;  ///< for people, ended by a line break
  std::string json;  ///< one object, ended by a line break
};

[[nodiscard]] checked_choreography check_choreography(const choreography_info& choreography);

/// `format` is "mermaid", "dot" or "json". Ended by a line break.
[[nodiscard]] std::string draw_choreography(const choreography_info& choreography, std::string_view format);

} // namespace reel::cli
