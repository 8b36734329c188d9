// The choreography as a graph: who reacts to which events and publishes which, to look at and to check.
#pragma once

#include <reel/descriptor.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

/// An event type.
struct graph_event {
  std::string_view name; ///< "shop.inventory.StockReserved"
  std::string_view home; ///< the service or source that publishes it; empty when none does
  bool failure = false;
  bool terminal = false;
  bool internal = false;
  std::string_view compensates; ///< name of the event that it undoes, or empty
};

/// An actor type, or a source.
struct graph_actor {
  std::string_view home; ///< its service; a source's own name
  std::string_view name; ///< "Stock"
  bool is_source = false;
};

enum class graph_relation {
  reacts,    ///< event -> actor: a reaction
  undoes,    ///< event -> actor: a reaction that undoes `step`
  ends,      ///< event -> actor: the entity is forgotten when the event arrives
  publishes, ///< actor -> event
};

struct graph_edge {
  graph_relation relation = graph_relation::reacts;
  std::size_t event = 0;     ///< index in choreography_graph::events
  std::size_t actor = 0;     ///< index in choreography_graph::actors
  std::string_view reaction; ///< which reaction, or "deadline"; empty for sources and ends
  std::string_view step;     ///< for `undoes`: name of the step
  arity how = arity::many;   ///< for `publishes`: how many of the reaction's events one run publishes
};

/// Views into the choreography_info that it was made from, which must outlive it.
struct choreography_graph {
  std::string_view name;
  std::vector<graph_event> events; ///< by name
  std::vector<graph_actor> actors; ///< sources first, then services in their order
  std::vector<graph_edge> edges;   ///< by actor, then reaction: what it reacts to, then what it publishes
};

/// Reactions to events that the choreography does not list are left out; check() finds them.
[[nodiscard]] choreography_graph make_graph(const choreography_info& choreography);

/// A Mermaid flowchart. Events in the colour of their role; undoing is dashed and red.
[[nodiscard]] std::string to_mermaid(const choreography_graph& graph);
/// A Graphviz digraph, drawn like the Mermaid one. `page_of`: where the event of this name is described; its node links
/// to it.
[[nodiscard]] std::string to_dot(const choreography_graph& graph,
                                 std::string (*page_of)(std::string_view event) = nullptr);
/// One JSON object with `events`, `actors` and `edges`, names instead of indices.
[[nodiscard]] std::string to_json(const choreography_graph& graph);

} // namespace reel::core
