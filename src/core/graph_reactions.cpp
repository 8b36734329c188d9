#include "core/graph_reactions.hpp"

namespace reel::core {

std::vector<graph_reaction> reactions_of(const choreography_graph& graph) {
  std::vector<graph_reaction> reactions;
  bool is_open = false; // what a reaction publishes stands behind what it reacts to
  for (const auto& edge : graph.edges) {
    if (edge.relation == graph_relation::publishes) {
      if (is_open && reactions.back().actor == edge.actor && reactions.back().name == edge.reaction)
        reactions.back().outputs.push_back(edge.event);
      continue;
    }
    is_open = edge.relation != graph_relation::ends;
    if (is_open)
      reactions.push_back({edge.event, edge.actor, edge.reaction, edge.step, {}});
  }
  return reactions;
}

} // namespace reel::core
