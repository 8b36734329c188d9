#include "core/saga_map.hpp"

#include "core/graph.hpp"
#include "core/graph_reactions.hpp"
#include "core/routing.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace reel::core {
namespace {

/// What makes a service read a journal: its reactions, and the ends of its entities by events of others.
std::set<event_type_id> wanted_types(const service_info& service) {
  std::set<event_type_id> types;
  for (const auto& actor : service.actors) {
    for (const auto& reaction : actor.reactions)
      if (!reaction.effect)
        types.insert(reaction.input);
    for (std::size_t i = 0; i < actor.ends.size() && i < actor.end_keys.size(); ++i)
      if (actor.end_keys[i] != nullptr)
        types.insert(actor.ends[i]);
    for (const auto& deadline : actor.deadlines) {
      if (deadline.after_keys != nullptr)
        types.insert(deadline.after);
      for (std::size_t i = 0; i < deadline.unless_keys.size(); ++i)
        if (deadline.unless_keys[i] != nullptr)
          types.insert(deadline.unless[i]);
    }
  }
  return types;
}

} // namespace

saga_map::saga_map(const choreography_info& choreography, const event_registry& registry,
                   std::vector<ledger_journal> journals)
    : choreography_(&choreography), registry_(&registry), journals_(std::move(journals)) {
  constexpr std::size_t types_max = 65'000;
  if (registry.events().size() > types_max)
    throw std::invalid_argument("a choreography has at most 65,000 event types");
  for (std::size_t i = 0; i < journals_.size(); ++i)
    by_id_.emplace(journals_[i].id, i);
  find_edges();
  find_ends();
  find_consumers();
  find_effects();
  find_shape();
}

void saga_map::find_effects() {
  effects_.resize(unknown_type());
  for (const auto& service : choreography_->services)
    for (const auto& actor : service.actors)
      for (const auto& reaction : actor.reactions)
        if (const auto type = registry_->index_of(reaction.input); reaction.effect && type < unknown_type())
          effects_[type] = {&reaction, actor.name};
}

void saga_map::add_edge(event_type_id cause, event_type_id event) {
  const auto from = registry_->index_of(cause);
  const auto to = registry_->index_of(event);
  if (from < unknown_type() && to < unknown_type())
    edges_[from * no_type() + to] = 1;
}

void saga_map::find_edges() {
  by_deadline_.assign(static_cast<std::size_t>(no_type()) + 1, 0);
  edges_.assign((static_cast<std::size_t>(no_type()) + 1) * no_type(), 0);
  for (const auto& source : choreography_->sources)
    for (const auto event : source.publishes)
      if (const auto to = registry_->index_of(event); to < unknown_type())
        edges_[static_cast<std::size_t>(no_type()) * no_type() + to] = 1;
  const auto graph = make_graph(*choreography_);
  for (const auto& reaction : reactions_of(graph)) {
    for (const auto output : reaction.outputs) {
      const auto type = choreography_->events[output].id;
      add_edge(choreography_->events[reaction.event].id, type);
      if (reaction.name == "deadline")
        by_deadline_[registry_->index_of(type)] = 1;
    }
  }
}

void saga_map::find_ends() {
  may_end_.assign(static_cast<std::size_t>(no_type()) + 1, 0);
  undoes_.assign(static_cast<std::size_t>(no_type()) + 1, no_type());
  for (type_index type = 0; type < unknown_type(); ++type) {
    const auto& info = registry_->events()[type];
    may_end_[type] = info.terminal ? 1 : 0;
    if (const auto step = registry_->index_of(info.compensates_id); step < unknown_type())
      undoes_[type] = static_cast<type_index>(step);
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (type_index from = 0; from < unknown_type(); ++from)
      for (type_index to = 0; to < unknown_type() && may_end_[from] == 0; ++to)
        if (may_end_[to] != 0 && knows(from, to)) {
          may_end_[from] = 1;
          grew = true;
        }
  }
}

void saga_map::find_consumers() {
  const auto published = [this](const std::string& home) {
    for (const auto& source : choreography_->sources)
      if (source.name == home)
        return source.publishes;
    for (const auto& service : choreography_->services)
      if (service.name == home)
        return published_types(service);
    return std::vector<event_type_id>{};
  };
  consumers_.resize(journals_.size());
  for (const auto& service : choreography_->services) {
    const auto wanted = wanted_types(service);
    for (std::size_t source = 0; source < journals_.size(); ++source) {
      const auto types = published(journals_[source].service);
      if (std::none_of(types.begin(), types.end(), [&](auto type) { return wanted.contains(type); }))
        continue;
      for (std::size_t reader = 0; reader < journals_.size(); ++reader)
        if (journals_[reader].service == service.name)
          consumers_[source].push_back(reader);
    }
  }
}

void saga_map::find_shape() {
  auto text = to_json(make_graph(*choreography_));
  std::set<std::string> names; // whoever lists the journals, in whatever order
  for (const auto& journal : journals_)
    names.insert(journal.name);
  for (const auto& name : names)
    text += name + "\n";
  shape_ = xxh3(text);
}

} // namespace reel::core
