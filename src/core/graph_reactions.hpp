// The reactions of a choreography graph: the edges that belong together, what each reacts to and what it may publish.
#pragma once

#include "core/graph.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace reel::core {

/// A reaction, or a deadline, which reacts to the event that starts it.
struct graph_reaction {
  std::size_t event = 0;            ///< index in choreography_graph::events
  std::size_t actor = 0;            ///< index in choreography_graph::actors
  std::string_view name;            ///< "reserve"
  std::string_view step;            ///< name of the step that it undoes, or empty
  std::vector<std::size_t> outputs; ///< indices in choreography_graph::events
};

/// In the order of the graph's edges. Ends of entities are none.
[[nodiscard]] std::vector<graph_reaction> reactions_of(const choreography_graph& graph);

} // namespace reel::core
