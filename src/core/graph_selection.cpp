#include "core/graph_selection.hpp"

#include <vector>

namespace reel::core {
namespace {

constexpr std::size_t nowhere = ~std::size_t{0};

/// A copy of the graph with these edges, and the events and actors that they touch.
choreography_graph subgraph(const choreography_graph& graph, const std::vector<bool>& kept) {
  choreography_graph part;
  part.name = graph.name;
  std::vector<std::size_t> events(graph.events.size(), nowhere);
  std::vector<std::size_t> actors(graph.actors.size(), nowhere);
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    if (kept[i]) {
      events[graph.edges[i].event] = 0;
      actors[graph.edges[i].actor] = 0;
    }
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i] != nowhere) {
      events[i] = part.events.size();
      part.events.push_back(graph.events[i]);
    }
  }
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (actors[i] != nowhere) {
      actors[i] = part.actors.size();
      part.actors.push_back(graph.actors[i]);
    }
  }
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    if (kept[i]) {
      auto edge = graph.edges[i];
      edge.event = events[edge.event];
      edge.actor = actors[edge.actor];
      part.edges.push_back(edge);
    }
  }
  return part;
}

} // namespace

choreography_graph around_service(const choreography_graph& graph, std::string_view service) {
  std::vector<bool> published(graph.events.size());
  std::vector<bool> wanted(graph.events.size());
  for (const auto& edge : graph.edges) {
    if (graph.actors[edge.actor].home == service)
      (edge.relation == graph_relation::publishes ? published : wanted)[edge.event] = true;
  }
  std::vector<bool> kept;
  for (const auto& edge : graph.edges) {
    const bool own = graph.actors[edge.actor].home == service;
    const bool other_end = edge.relation == graph_relation::publishes ? wanted[edge.event] : published[edge.event];
    kept.push_back(edge.relation != graph_relation::ends && (own || other_end));
  }
  return subgraph(graph, kept);
}

choreography_graph following_event(const choreography_graph& graph, std::string_view event) {
  std::vector<bool> reached(graph.events.size());
  for (std::size_t i = 0; i < graph.events.size(); ++i)
    reached[i] = graph.events[i].name == event;
  std::vector<bool> kept(graph.edges.size());
  for (bool grew = true; grew;) {
    grew = false;
    bool reacting = false; // a reaction's outputs stand behind what it reacts to
    for (std::size_t i = 0; i < graph.edges.size(); ++i) {
      const auto& edge = graph.edges[i];
      const bool publishes = edge.relation == graph_relation::publishes;
      if (!publishes)
        reacting = reached[edge.event];
      if (graph.actors[edge.actor].is_source || edge.relation == graph_relation::ends || !reacting || kept[i])
        continue;
      kept[i] = true;
      grew = true;
      if (publishes)
        reached[edge.event] = true;
    }
  }
  return subgraph(graph, kept);
}

} // namespace reel::core
