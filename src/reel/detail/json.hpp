// Writes JSON texts and numbers.
#pragma once

#include <string>
#include <string_view>

namespace reel::detail {

/// Appends a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

/// What JSON has no number for is null.
void append_json_number(std::string& out, double value);

} // namespace reel::detail
