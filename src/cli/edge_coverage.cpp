#include "cli/edge_coverage.hpp"

#include "core/graph.hpp"
#include "core/graph_reactions.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace reel::cli {

std::uint64_t coverage_report::covered() const noexcept {
  return static_cast<std::uint64_t>(
      std::count_if(edges.begin(), edges.end(), [](const auto& edge) { return edge.count > 0; }));
}

double coverage_report::percent() const noexcept {
  return edges.empty() ? 100 : 100 * static_cast<double>(covered()) / static_cast<double>(edges.size());
}

edge_coverage::edge_coverage(const choreography_info& choreography, const core::event_registry& registry)
    : choreography_{&choreography}, registry_{&registry}, unknown_{registry.events().size()}, nothing_{unknown_ + 1},
      counts_((nothing_ + 1) * nothing_) {}

std::uint64_t& edge_coverage::count(std::size_t cause, std::size_t event) {
  return counts_[cause * nothing_ + event];
}

std::uint64_t edge_coverage::count(std::size_t cause, std::size_t event) const {
  return counts_[cause * nothing_ + event];
}

std::size_t edge_coverage::type_of(const event_id& id) const {
  if (!exists(id))
    return nothing_;
  const auto journal = journals_.find(id.journal);
  const auto frame = static_cast<std::uint64_t>(id.sequence) - 1;
  if (journal == journals_.end() || frame >= journal->second.frame_starts.size())
    return unknown_;
  const auto& types = journal->second.types;
  const auto index = journal->second.frame_starts[frame] + id.index;
  return index < types.size() ? types[index] : unknown_;
}

void edge_coverage::observe(const core::frame& frame) {
  auto& own = journals_[frame.journal()];
  own.frame_starts.push_back(own.types.size());
  for (std::size_t i = 0; i < frame.event_count(); ++i) {
    const auto event = frame.event(i);
    const auto type = registry_->index_of(event.type);
    own.types.push_back(static_cast<std::uint16_t>(type));
    ++count(type_of(event.cause), type);
    ++events_;
  }
}

void edge_coverage::next_log() {
  journals_.clear();
}

std::string edge_coverage::name_of(std::size_t type) const {
  if (type == nothing_)
    return {};
  return type == unknown_ ? "an event that this program does not know" : std::string{registry_->events()[type].name};
}

coverage_report edge_coverage::report() const {
  coverage_report result;
  result.events = events_;
  std::set<std::pair<std::size_t, std::size_t>> known;
  const auto add = [&](std::size_t cause, event_type_id output, std::string by, bool undoes) {
    const auto event = registry_->index_of(output);
    if (event == unknown_ || cause == unknown_)
      return; // names a type without a schema; `check` says so
    if (known.emplace(cause, event).second) {
      result.edges.push_back({cause == nothing_ ? std::string_view{} : registry_->events()[cause].name,
                              registry_->events()[event].name, std::move(by), undoes, count(cause, event)});
      return;
    }
    for (auto& edge : result.edges) // two reactions with one outcome: the journals do not tell them apart
      if (edge.event == registry_->events()[event].name && edge.cause == name_of(cause))
        edge.by += " or " + by;
  };
  for (const auto& source : choreography_->sources)
    for (const auto output : source.publishes)
      add(nothing_, output, source.name, false);
  const auto graph = core::make_graph(*choreography_);
  for (const auto& reaction : core::reactions_of(graph))
    for (const auto output : reaction.outputs) {
      const auto& actor = graph.actors[reaction.actor];
      add(registry_->index_of(choreography_->events[reaction.event].id), choreography_->events[output].id,
          std::string{actor.home} + "." + std::string{actor.name} + "." + std::string{reaction.name},
          !reaction.step.empty());
    }
  for (std::size_t cause = 0; cause <= nothing_; ++cause)
    for (std::size_t event = 0; event < nothing_; ++event)
      if (count(cause, event) > 0 && !known.contains({cause, event}))
        result.drift.push_back({name_of(cause), name_of(event), count(cause, event)});
  return result;
}

} // namespace reel::cli
