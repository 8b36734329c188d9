#include "core/saga_status.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace reel::core {

std::string_view text_of(saga_state state) {
  switch (state) {
  case saga_state::running:
    return "running";
  case saga_state::compensating:
    return "compensating";
  case saga_state::failed:
    return "failed";
  case saga_state::stalled:
    return "stalled";
  case saga_state::ended:
    return "ended";
  }
  return {};
}

saga_reader::saga_reader(const saga_ledger& ledger, frame_lookup lookup)
    : ledger_(&ledger), lookup_(std::move(lookup)) {
  ledger.for_each_unhandled([this](correlation_id correlation, const event_id& id, type_index type) {
    unhandled_[correlation].push_back({id, type});
  });
}

std::vector<saga_status> saga_reader::open_sagas() const {
  std::vector<saga_status> result;
  ledger_->for_each([&](const saga& s) {
    auto found = status(s);
    if (found.is_open)
      result.push_back(std::move(found));
  });
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return std::tie(a.content.started, a.content.key, a.content.correlation) <
           std::tie(b.content.started, b.content.key, b.content.correlation);
  });
  return result;
}

saga_status saga_reader::status(const saga& s) const {
  const auto& map = ledger_->map();
  saga_status result;
  result.content = s;
  result.owed = ledger_->owed(s);
  for (const auto& [step, count] : result.owed)
    result.owed_by.push_back(undoer(step));
  for (const auto type : s.events) {
    const auto place =
        std::find_if(result.done.begin(), result.done.end(), [&](const auto& entry) { return entry.first == type; });
    if (place == result.done.end())
      result.done.emplace_back(type, 1);
    else
      ++place->second;
  }
  const bool over = s.ended != map.no_type();
  result.is_open = !s.parked.empty() || !result.owed.empty() || (!over && map.may_end(s.root));
  if (!result.is_open) {
    result.state = saga_state::ended;
    return result;
  }
  find_asked(result);
  find_waiting(result);
  find_to_do(result);
  const bool given_up = std::any_of(s.parked.begin(), s.parked.end(), [](const auto& p) { return p.dead; });
  const bool certain =
      std::any_of(result.waiting.begin(), result.waiting.end(), [](const auto& w) { return w.certain; });
  if (given_up)
    result.state = saga_state::failed;
  else if (!certain && s.parked.empty() && s.deadlines.empty())
    result.state = saga_state::stalled;
  else
    result.state = s.failed ? saga_state::compensating : saga_state::running;
  return result;
}

/// The effects that are owed: they are waited for, and are nothing that has failed.
void saga_reader::find_asked(saga_status& status) const {
  const auto& map = ledger_->map();
  auto& parked = status.content.parked;
  for (const auto& p : parked) {
    const auto* const asked = p.effect ? map.effect(p.type) : nullptr;
    const auto journal = map.journal(p.holder);
    if (asked != nullptr && journal != saga_map::nowhere)
      status.waiting.push_back({p.type,
                                map.journals()[journal].service,
                                map.effect_actor(p.type),
                                asked->name,
                                {map.journals()[journal].name},
                                true,
                                true});
  }
  std::erase_if(parked, [](const parked_input& p) { return p.effect; });
}

/// Every reaction to an event that a consumer's position does not cover.
void saga_reader::find_waiting(saga_status& status) const {
  const auto events = unhandled_.find(status.content.correlation);
  if (events == unhandled_.end())
    return;
  const auto& map = ledger_->map();
  for (const auto& event : events->second) {
    if (event.type >= map.unknown_type())
      continue;
    for (const auto& service : map.choreography().services) {
      for (const auto& actor : service.actors) {
        for (const auto& reaction : actor.reactions) {
          if (reaction.effect || reaction.input != map.registry().events()[event.type].id)
            continue;
          auto partitions = lagging(event, service, reaction);
          if (partitions.empty())
            continue;
          const auto same = std::find_if(status.waiting.begin(), status.waiting.end(), [&](const auto& w) {
            return w.event == event.type && w.actor == actor.name && w.reaction == reaction.name &&
                   w.service == service.name;
          });
          if (same == status.waiting.end()) {
            status.waiting.push_back({event.type, service.name, actor.name, reaction.name, std::move(partitions),
                                      reaction.outputs_arity == arity::one_of || reaction.outputs_arity == arity::all,
                                      false});
            continue;
          }
          for (auto& partition : partitions)
            if (std::find(same->partitions.begin(), same->partitions.end(), partition) == same->partitions.end())
              same->partitions.push_back(std::move(partition));
        }
      }
    }
  }
}

std::vector<std::string> saga_reader::lagging(const unhandled_event& event, const service_info& service,
                                              const reaction_info& reaction) const {
  const auto& map = ledger_->map();
  const auto source = map.journal(event.id.journal);
  key_list keys;
  bool routed = false;
  if (const auto f = lookup_ ? lookup_(event.id) : nullptr; f != nullptr && event.id.index < f->event_count()) {
    const auto view = f->event(event.id.index);
    const auto* const type = map.registry().find(view.type);
    routed = reaction.keys != nullptr && type != nullptr && (type->verify == nullptr || type->verify(view.payload));
    if (routed)
      reaction.keys(view.payload.data(), keys);
    std::vector<std::string> partitions;
    for (std::size_t j = 0; routed && j < map.journals().size(); ++j) {
      const auto& journal = map.journals()[j];
      const bool concerned = std::any_of(keys.keys().begin(), keys.keys().end(), [&](auto key) {
        return partition_of(key, journal.partitions) == journal.partition;
      });
      if (journal.service == service.name && concerned &&
          ledger_->handled(j, source) < static_cast<std::uint64_t>(event.id.sequence))
        partitions.push_back(journal.name);
    }
    if (routed)
      return partitions;
  }
  std::vector<std::string> all;
  for (std::size_t j = 0; j < map.journals().size(); ++j)
    if (map.journals()[j].service == service.name &&
        ledger_->handled(j, source) < static_cast<std::uint64_t>(event.id.sequence))
      all.push_back(map.journals()[j].name);
  return all;
}

/// What may follow from the awaited reactions: without failures, and once something has failed without new steps.
void saga_reader::find_to_do(saga_status& status) const {
  const auto& map = ledger_->map();
  const auto& types = map.registry().events();
  const auto is_step = [&](type_index type) {
    for (type_index other = 0; other < map.unknown_type(); ++other)
      if (map.undoes(other) == type)
        return true;
    return false;
  };
  std::vector<type_index> reached;
  const auto add = [&](type_index type) {
    const bool unwanted = types[type].failure || types[type].internal || (status.content.failed && is_step(type)) ||
                          std::find(reached.begin(), reached.end(), type) != reached.end();
    if (!unwanted)
      reached.push_back(type);
  };
  for (const auto& w : status.waiting)
    for (const auto& service : map.choreography().services)
      for (const auto& actor : service.actors)
        for (const auto& reaction : actor.reactions)
          if (service.name == w.service && actor.name == w.actor && reaction.name == w.reaction && w.certain &&
              reaction.input == types[w.event].id)
            for (const auto output : reaction.outputs)
              if (const auto type = map.registry().index_of(output); type < map.unknown_type())
                add(static_cast<type_index>(type));
  for (const auto& [step, count] : status.owed)
    for (type_index type = 0; type < map.unknown_type(); ++type)
      if (map.undoes(type) == step)
        add(type);
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (type_index type = 0; type < map.unknown_type(); ++type)
      if (map.knows(reached[i], type))
        add(type);
  status.to_do = std::move(reached);
}

std::string saga_reader::undoer(type_index step) const {
  const auto& map = ledger_->map();
  for (const auto& service : map.choreography().services)
    for (const auto& actor : service.actors)
      for (const auto& reaction : actor.reactions)
        if (reaction.undoes == map.registry().events()[step].id)
          return service.name;
  return {};
}

} // namespace reel::core
