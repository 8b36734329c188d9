#include "core/graph.hpp"

#include <reel/detail/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace reel::core {
namespace {

/// Collects edges and remembers who publishes an event.
class graph_maker {
public:
  explicit graph_maker(const choreography_info& choreography) : choreography_(&choreography) {
    graph_.name = choreography.name;
    for (const auto& e : choreography.events) {
      places_.emplace(e.id, graph_.events.size());
      graph_.events.push_back({e.name, {}, e.failure, e.terminal, e.internal, e.compensates});
    }
  }

  choreography_graph make() {
    for (const auto& source : choreography_->sources) {
      graph_.actors.push_back({source.name, source.name, true});
      for (const auto id : source.publishes) {
        publish(id, {}, arity::many);
      }
    }
    for (const auto& service : choreography_->services) {
      for (const auto& actor : service.actors) {
        graph_.actors.push_back({service.name, actor.name, false});
        add(actor);
      }
    }
    return std::move(graph_);
  }

private:
  void add(const actor_info& actor) {
    for (const auto& reaction : actor.reactions) {
      const auto* step = event_of(reaction.undoes);
      connect(step != nullptr ? graph_relation::undoes : graph_relation::reacts, reaction.input, reaction.name,
              step != nullptr ? step->name : std::string_view());
      for (const auto id : reaction.outputs) {
        publish(id, reaction.name, reaction.outputs_arity);
      }
    }
    for (const auto& deadline : actor.deadlines) {
      connect(graph_relation::reacts, deadline.after, "deadline", {});
      publish(deadline.event, "deadline", arity::maybe);
    }
    for (std::size_t i = 0; i < actor.ends.size(); ++i) {
      if (i < actor.end_keys.size() && actor.end_keys[i] != nullptr) { // the actor's own events need no arrow
        connect(graph_relation::ends, actor.ends[i], {}, {});
      }
    }
  }

  void connect(graph_relation relation, event_type_id id, std::string_view reaction, std::string_view step) {
    if (const auto place = places_.find(id); place != places_.end()) {
      graph_.edges.push_back({relation, place->second, graph_.actors.size() - 1, reaction, step, arity::many});
    }
  }
  void publish(event_type_id id, std::string_view reaction, arity how) {
    if (const auto place = places_.find(id); place != places_.end()) {
      graph_.edges.push_back({graph_relation::publishes, place->second, graph_.actors.size() - 1, reaction, {}, how});
      auto& home = graph_.events[place->second].home;
      home = home.empty() ? graph_.actors.back().home : home;
    }
  }
  [[nodiscard]] const graph_event* event_of(event_type_id id) const {
    const auto place = places_.find(id);
    return id == event_type_id{} || place == places_.end() ? nullptr : &graph_.events[place->second];
  }

  const choreography_info* choreography_;
  choreography_graph graph_;
  std::map<event_type_id, std::size_t> places_;
};

// -- drawing: what both formats share ---------------------------------------------------------------------------------

std::string_view last_part(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string identifier(std::string_view kind, std::string_view name) {
  std::string out(kind);
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out += plain ? c : '_';
  }
  return out;
}

std::string event_identifier(const graph_event& e) {
  return identifier("event_", e.name);
}

std::string actor_identifier(const graph_actor& a) {
  return a.is_source ? identifier("source_", a.name) : identifier("actor_", a.home) + identifier("_", a.name);
}

/// An arrow of the drawing: many edges become one when they would lie upon each other.
struct arrow {
  std::string from;
  std::string to;
  std::string label;
  bool undoing = false;
};

std::vector<arrow> arrows_of(const choreography_graph& graph) {
  std::vector<arrow> arrows;
  std::set<std::tuple<std::string, std::string, std::string>> drawn;
  for (const auto& edge : graph.edges) {
    const auto& e = graph.events[edge.event];
    const auto& a = graph.actors[edge.actor];
    if (edge.relation == graph_relation::ends) {
      continue; // nothing follows from it; it would only hide what does
    }
    arrow drawing{event_identifier(e), actor_identifier(a), std::string(edge.reaction),
                  edge.relation == graph_relation::undoes};
    if (drawing.undoing) {
      drawing.label = "undo " + std::string(last_part(edge.step));
    }
    if (edge.relation == graph_relation::publishes) {
      std::swap(drawing.from, drawing.to);
      drawing.label.clear();
      drawing.undoing = !e.compensates.empty();
    }
    if (drawn.emplace(drawing.from, drawing.to, drawing.label).second) {
      arrows.push_back(std::move(drawing));
    }
  }
  return arrows;
}

/// Sources and services in the order of their actors; last, without a name, the events that nobody publishes.
std::vector<std::string_view> homes_of(const choreography_graph& graph) {
  std::vector<std::string_view> homes;
  for (const auto& a : graph.actors) {
    if (std::find(homes.begin(), homes.end(), a.home) == homes.end()) {
      homes.push_back(a.home);
    }
  }
  for (const auto& e : graph.events) { // of a part of a graph: its publisher may be left out
    if (!e.home.empty() && std::find(homes.begin(), homes.end(), e.home) == homes.end()) {
      homes.push_back(e.home);
    }
  }
  homes.emplace_back();
  return homes;
}

std::string_view role_of(const graph_event& e) {
  return e.failure                ? "failure"
         : !e.compensates.empty() ? "compensation"
         : e.terminal             ? "terminal"
         : e.internal             ? "internal"
                                  : "event";
}

// -- JSON -------------------------------------------------------------------------------------------------------------

/// `"key": "text"`, after a comma unless it is the object's first.
void append_member(std::string& out, std::string_view key, std::string_view text) {
  out += out.back() == '{' ? "" : ", ";
  detail::append_json_text(out, key);
  out += ": ";
  detail::append_json_text(out, text);
}

void append_flag(std::string& out, std::string_view key, bool value) {
  out += ", ";
  detail::append_json_text(out, key);
  out += value ? ": true" : ": false";
}

std::string_view text_of(graph_relation relation) {
  switch (relation) {
  case graph_relation::reacts:
    return "reacts";
  case graph_relation::undoes:
    return "undoes";
  case graph_relation::ends:
    return "ends";
  case graph_relation::publishes:
    return "publishes";
  }
  return {};
}

std::string_view text_of(arity how) {
  switch (how) {
  case arity::one_of:
    return "one_of";
  case arity::maybe:
    return "maybe";
  case arity::all:
    return "all";
  case arity::many:
    return "many";
  }
  return {};
}

void append_event(std::string& out, const graph_event& e) {
  out += '{';
  append_member(out, "name", e.name);
  append_member(out, "publisher", e.home);
  append_flag(out, "failure", e.failure);
  append_flag(out, "terminal", e.terminal);
  append_flag(out, "internal", e.internal);
  append_member(out, "compensates", e.compensates);
  out += '}';
}

void append_edge(std::string& out, const choreography_graph& graph, const graph_edge& edge) {
  const auto& actor = graph.actors[edge.actor];
  out += '{';
  append_member(out, "relation", text_of(edge.relation));
  append_member(out, "event", graph.events[edge.event].name);
  append_member(out, actor.is_source ? "source" : "service", actor.home);
  if (!actor.is_source) {
    append_member(out, "actor", actor.name);
  }
  if (!edge.reaction.empty()) {
    append_member(out, "reaction", edge.reaction);
  }
  if (edge.relation == graph_relation::undoes) {
    append_member(out, "step", edge.step);
  }
  if (edge.relation == graph_relation::publishes && !actor.is_source) {
    append_member(out, "arity", text_of(edge.how));
  }
  out += '}';
}

/// `"key": [...]`, one element on a line.
template <class Elements, class Append>
void append_array(std::string& out, std::string_view key, const Elements& elements, Append append) {
  out += ",\n  ";
  detail::append_json_text(out, key);
  out += ": [";
  bool first = true;
  for (const auto& element : elements) {
    out += first ? "\n    " : ",\n    ";
    first = false;
    append(element);
  }
  out += first ? "]" : "\n  ]";
}

} // namespace

choreography_graph make_graph(const choreography_info& choreography) {
  return graph_maker(choreography).make();
}

std::string to_mermaid(const choreography_graph& graph) {
  std::string out = "flowchart LR\n";
  for (const auto home : homes_of(graph)) {
    std::string inside;
    for (const auto& a : graph.actors) {
      if (a.home == home) {
        inside += "    " + actor_identifier(a) + (a.is_source ? "[/" : "([") + std::string(a.name) +
                  (a.is_source ? "/]" : "])") + ":::" + (a.is_source ? "source" : "actor") + "\n";
      }
    }
    for (const auto& e : graph.events) {
      if (e.home == home) {
        inside += "    " + event_identifier(e) + "[" + std::string(last_part(e.name)) +
                  "]:::" + std::string(role_of(e)) + "\n";
      }
    }
    if (!inside.empty()) {
      const std::string title = home.empty() ? "nobody" : std::string(home);
      out += "  subgraph " + identifier("service_", title) + "[" + title + "]\n" + inside + "  end\n";
    }
  }
  std::string undoing;
  std::size_t index = 0;
  for (const auto& a : arrows_of(graph)) {
    const std::string label = a.label.empty() ? "" : "|" + a.label + "|";
    out += "  " + a.from + (a.undoing ? " -.->" : " -->") + label + " " + a.to + "\n";
    if (a.undoing) {
      undoing += (undoing.empty() ? "" : ",") + std::to_string(index);
    }
    ++index;
  }
  if (!undoing.empty()) {
    out += "  linkStyle " + undoing + " stroke:#c62828\n";
  }
  return out + "  classDef actor fill:#e3f2fd,stroke:#1565c0,color:#0d47a1\n"
               "  classDef source fill:#ede7f6,stroke:#4527a0,color:#311b92\n"
               "  classDef event fill:#ffffff,stroke:#616161,color:#212121\n"
               "  classDef internal fill:#fafafa,stroke:#bdbdbd,color:#757575\n"
               "  classDef terminal fill:#e8f5e9,stroke:#2e7d32,stroke-width:3px,color:#1b5e20\n"
               "  classDef failure fill:#ffebee,stroke:#c62828,color:#b71c1c\n"
               "  classDef compensation fill:#fff3e0,stroke:#c62828,stroke-dasharray:4 3,color:#bf360c\n";
}

std::string to_dot(const choreography_graph& graph, std::string (*page_of)(std::string_view event)) {
  static const std::map<std::string_view, std::string_view> looks{
      {"event", "shape=box"},
      {"internal", "shape=box, color=gray, fontcolor=gray40"},
      {"terminal", "shape=box, peripheries=2, color=darkgreen"},
      {"failure", "shape=box, color=red3, fontcolor=red3"},
      {"compensation", "shape=box, style=dashed, color=red3"},
  };
  std::string out =
      "digraph choreography {\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  node [fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=10];\n";
  for (const auto home : homes_of(graph)) {
    std::string inside;
    for (const auto& a : graph.actors) {
      if (a.home == home) {
        inside += "    " + actor_identifier(a) + " [label=\"" + std::string(a.name) +
                  "\", shape=" + (a.is_source ? "cds" : "ellipse, style=filled, fillcolor=lightblue") + "];\n";
      }
    }
    for (const auto& e : graph.events) {
      if (e.home == home) {
        inside += "    " + event_identifier(e) + " [label=\"" + std::string(last_part(e.name)) + "\", " +
                  std::string(looks.at(role_of(e))) + (page_of != nullptr ? ", URL=\"" + page_of(e.name) + "\"" : "") +
                  "];\n";
      }
    }
    if (!inside.empty()) {
      const std::string title = home.empty() ? "nobody" : std::string(home);
      out += "  subgraph " + identifier("cluster_", title) + " {\n    label=\"" + title + "\";\n" + inside + "  }\n";
    }
  }
  for (const auto& a : arrows_of(graph)) {
    out += "  " + a.from + " -> " + a.to + " [label=\"" + a.label + "\"" +
           (a.undoing ? ", style=dashed, color=red3, fontcolor=red3" : "") + "];\n";
  }
  return out + "}\n";
}

std::string to_json(const choreography_graph& graph) {
  std::string out = "{\n  \"name\": ";
  detail::append_json_text(out, graph.name);
  append_array(out, "events", graph.events, [&](const graph_event& e) { append_event(out, e); });
  append_array(out, "actors", graph.actors, [&](const graph_actor& a) {
    out += '{';
    append_member(out, a.is_source ? "source" : "service", a.home);
    if (!a.is_source) {
      append_member(out, "actor", a.name);
    }
    out += '}';
  });
  append_array(out, "edges", graph.edges, [&](const graph_edge& edge) { append_edge(out, graph, edge); });
  return out + "\n}\n";
}

} // namespace reel::core
