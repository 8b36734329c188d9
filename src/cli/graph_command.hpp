// `graph`: what a choreography looks like.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <string>
#include <string_view>

namespace reel::cli {

/// Which part of the graph to draw; all empty: the whole.
struct graph_part {
  std::string service; ///< what this service or source publishes and reacts to
  std::string from;    ///< what may follow from this event, qualified or short
};

/// `format` is "mermaid", "dot" or "json". Ended by a line break. Errors: invalid (no such service or event).
[[nodiscard]] core::expected<std::string> draw_choreography(const choreography_info& choreography,
                                                            std::string_view format, const graph_part& part = {});

} // namespace reel::cli
