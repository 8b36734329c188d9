// Events as JSON, by the schema's reflection: for people, tests and other programs.
#pragma once

#include <reel/descriptor.hpp>

#include <string>

namespace reel {

/// The payload as one JSON object on one line, fields in the order of the schema, unset ones left out. Enums by name,
/// 64-bit integers as numbers. The payload must have been verified.
[[nodiscard]] std::string to_json(const event_info& type, bytes_view payload);

} // namespace reel
