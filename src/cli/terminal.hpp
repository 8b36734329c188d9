// What the terminal can do, and what the person wants of it.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace reel::cli {

/// True when `stream` is a terminal that a status line can be drawn on (not TERM=dumb).
[[nodiscard]] bool is_terminal(std::FILE* stream);
/// True on a terminal unless the environment has NO_COLOR.
[[nodiscard]] bool wants_colour(std::FILE* stream);
/// Columns of the terminal; 80 when unknown.
[[nodiscard]] std::size_t terminal_width(std::FILE* stream);

enum class paint { plain, bold, dim, red, green, yellow };

/// The text in a colour, or as it is.
[[nodiscard]] std::string painted(std::string_view text, paint colour, bool enabled);

} // namespace reel::cli
