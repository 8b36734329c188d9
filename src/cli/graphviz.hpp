// Turns Graphviz text into a picture with the program `dot`, when it is installed.
#pragma once

#include "core/error.hpp"

#include <string>

namespace reel::cli {

/// SVG. Blocks while the program runs. Errors: unavailable (no `dot` on the PATH), io (it failed).
[[nodiscard]] core::expected<std::string> svg_of_dot(const std::string& dot_text);

} // namespace reel::cli
