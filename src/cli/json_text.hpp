// Texts inside the JSON that commands print.
#pragma once

#include <reel/detail/json.hpp>

#include <string>
#include <string_view>

namespace reel::cli {

/// A JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string result;
  detail::append_json_text(result, text);
  return result;
}

} // namespace reel::cli
