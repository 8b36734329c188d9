// Where log lines go: to standard error, because standard output belongs to data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reel::cli {

/// Of the whole process, from warnings on. May be called again.
void log_to_standard_error();

/// For a node: lines of `level` ("info") and above, as text or as JSON, with times in UTC. May be called again.
void log_as_node(const std::string& level, bool json, const std::string& node);

/// A line as one JSON object: time, level, node, event, and the fields of a text such as
/// `append.retry journal=payment/0 detail="no server"`. What has no such form becomes "text".
[[nodiscard]] std::string log_line_json(std::int64_t milliseconds_since_1970, std::string_view level,
                                        std::string_view node, std::string_view text);

} // namespace reel::cli
