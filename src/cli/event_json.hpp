// Events as JSON, by the schema's reflection.
#pragma once

#include <reel/invariant.hpp>

#include <string>
#include <string_view>

namespace reel::cli {

/// The payload as one JSON object on one line. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string payload_json(const event_info& type, const std::byte* payload);

/// A JSON string, quotes included.
[[nodiscard]] std::string json_string(std::string_view text);

} // namespace reel::cli
