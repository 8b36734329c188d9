// The choreography as an AsyncAPI 3.0 document: for tools that know events by that standard.
#pragma once

#include <reel/descriptor.hpp>

#include <string>

namespace reel::cli {

/// One JSON object, indented, ended by a line break. Each service and source is a channel (its journals); publishing is
/// an operation that sends, a reaction one that receives. What AsyncAPI has no word for stands in members that start
/// with "x-reel-".
[[nodiscard]] std::string to_asyncapi(const choreography_info& choreography);

} // namespace reel::cli
