#include "cli/choreography_paths.hpp"

#include "cli/format.hpp"
#include "core/graph.hpp"
#include "core/graph_reactions.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace reel::cli {
namespace {

diagram_tone tone_of(const event_info& event) {
  if (event.failure)
    return diagram_tone::failing;
  if (!event.compensates.empty())
    return diagram_tone::undoing;
  return event.terminal ? diagram_tone::ending : diagram_tone::plain;
}

class path_finder {
public:
  explicit path_finder(const choreography_info& choreography)
      : choreography_{&choreography}, graph_{core::make_graph(choreography)} {
    for (const auto& event : choreography.events)
      events_.emplace(event.id, &event);
    for (const auto& reaction : core::reactions_of(graph_))
      reactions_[choreography.events[reaction.event].id].push_back(reaction);
  }

  choreography_paths find() {
    for (const auto& source : choreography_->sources)
      for (const auto id : source.publishes)
        go_on(id, source.name);
    std::stable_sort(found_.paths.begin(), found_.paths.end(), [](const auto& a, const auto& b) {
      return std::tuple{!a.ends(), a.fails(), a.steps.size()} < std::tuple{!b.ends(), b.fails(), b.steps.size()};
    });
    return std::move(found_);
  }

private:
  void go_on(event_type_id id, std::string_view home) {
    const auto event = events_.find(id);
    const bool is_on_path =
        std::any_of(way_.begin(), way_.end(), [&](const auto& step) { return step.event->id == id; });
    if (event == events_.end() || is_on_path)
      return;
    way_.push_back({event->second, home, {}, {}, {}, false});
    bool last = true;
    if (const auto reactions = reactions_.find(id); reactions != reactions_.end()) {
      for (const auto& reaction : reactions->second) {
        const auto& actor = graph_.actors[reaction.actor];
        auto& here = way_.back();
        here.service = actor.home;
        here.actor = actor.name;
        here.reaction = reaction.name;
        here.undoes = !reaction.step.empty();
        for (const auto output : reaction.outputs) {
          last = false;
          go_on(choreography_->events[output].id, actor.home);
        }
      }
    }
    if (last)
      keep();
    way_.pop_back();
  }

  void keep() {
    if (found_.paths.size() == paths_max) {
      found_.complete = false;
      return;
    }
    found_.paths.push_back({way_});
  }

  const choreography_info* choreography_;
  core::choreography_graph graph_;
  std::map<event_type_id, const event_info*> events_;
  std::map<event_type_id, std::vector<core::graph_reaction>> reactions_;
  std::vector<path_step> way_;
  choreography_paths found_;
};

} // namespace

bool choreography_path::fails() const noexcept {
  return std::any_of(steps.begin(), steps.end(), [](const auto& step) { return step.event->failure; });
}

bool choreography_path::ends() const noexcept {
  return !steps.empty() && steps.back().event->terminal;
}

choreography_paths paths_of(const choreography_info& choreography) {
  return path_finder{choreography}.find();
}

sequence_diagram diagram_of(const choreography_path& path) {
  sequence_diagram diagram;
  for (const auto& step : path.steps) {
    const auto from = diagram.participant(step.home);
    const bool is_note = step.service.empty();
    const auto to = is_note ? from : diagram.participant(step.service);
    diagram.lines.push_back({from, to, is_note, std::string{short_name(step.event->name)}, tone_of(*step.event)});
  }
  return diagram;
}

} // namespace reel::cli
