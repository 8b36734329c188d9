#include "core/saga_ledger.hpp"

#include "core/pending.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::core {
namespace {

constexpr std::size_t spare_max = 256;

} // namespace

saga_ledger::saga_ledger(const saga_map& map)
    : map_(&map), timers_(map.choreography(), map.registry()), positions_(map.journals().size()),
      cursors_(map.journals().size() * map.journals().size()), windows_(map.journals().size()) {}

void saga_ledger::observe(const frame& f) {
  const auto journal = map_->journal(f.journal());
  if (journal == saga_map::nowhere || f.sequence() <= positions_[journal].sequence)
    return;
  if (number(f.sequence()) != number(positions_[journal].sequence) + 1)
    throw std::logic_error("saga ledger: frame " + std::to_string(number(f.sequence())) + " of " +
                           map_->journals()[journal].name + " follows frame " +
                           std::to_string(number(positions_[journal].sequence)));
  if (positions_[journal].sequence != frame_sequence{} && short_hash(f.previous()) != positions_[journal].hash)
    throw std::runtime_error("saga ledger: frame " + std::to_string(number(f.sequence())) + " of " +
                             map_->journals()[journal].name +
                             " follows another frame than the one that was read: the journal was replaced or restored");
  take_events(f, journal);
  take_effects(f);
  take_parked(f);
  take_timers(f);
  take_inputs(f, journal);
  positions_[journal] = {f.sequence(), short_hash(f.hash())};
  if (map_->consumers(journal).empty())
    shrink(journal);
}

void saga_ledger::take_events(const frame& f, std::size_t journal) {
  unhandled_frame note;
  if (!spare_.empty()) {
    note.events = std::move(spare_.back());
    spare_.pop_back();
  }
  const auto time = f.time();
  const auto count = f.event_count();
  last_found_ = nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    const auto event = f.event(i);
    const auto type = static_cast<type_index>(map_->registry().index_of(event.type));
    const auto index = saga_of(event, type, f);
    auto& hot = hot_[index];
    if (hot.count < hot_part::types_max)
      hot.types[hot.count++] = type;
    else
      cold_[index].more_types.push_back(type);
    hot.last = std::max(hot.last, time);
    hot.failed = hot.failed || map_->is_failure(type);
    if (map_->is_terminal(type) && hot.ended == map_->no_type()) {
      hot.ended = type;
      ++ended_[type];
    }
    ++hot.unhandled;
    note.events.push_back({index, type});
    if (event.owes)
      owe(index, event.id, type);
  }
  windows_[journal].frames.push_back(std::move(note));
}

/// The saga of the event's cause; for a root event, or when the cause has been handled long ago (a deadline), the one
/// of its correlation; otherwise a new one.
saga_ledger::saga_index saga_ledger::saga_of(const event_view& event, type_index type, const frame& f) {
  if (exists(event.cause)) {
    const auto asked = event.cause.journal == f.journal() ? owed_.find(event.cause) : owed_.end();
    if (const auto* const cause = asked != owed_.end() ? &asked->second : find(event.cause); cause != nullptr) {
      if (!map_->knows(cause->type, type))
        ++drift_[{cause->type, type}];
      return cause->of;
    }
    // Handled long ago: a deadline has passed, or an input that was parked is tried again.
    if (!map_->is_by_deadline(type) && !is_parked(event))
      ++drift_[{map_->unknown_type(), type}];
  } else if (!map_->knows(map_->no_type(), type)) {
    ++drift_[{map_->no_type(), type}];
  }
  return start(event, type, f);
}

bool saga_ledger::is_parked(const event_view& event) const {
  const auto found = by_correlation_.find(event.correlation);
  if (found == by_correlation_.end() || !hot_[found->second].is_parked)
    return false;
  const auto& parked = cold_[found->second].parked;
  return std::any_of(parked.begin(), parked.end(), [&](const auto& p) { return p.event == event.cause; });
}

saga_ledger::saga_index saga_ledger::start(const event_view& event, type_index type, const frame& f) {
  const auto found = by_correlation_.find(event.correlation);
  if (found == by_correlation_.end()) {
    const auto index = open(event.correlation, f.time());
    name(index, event, type);
    return index;
  }
  // A flow is named after the event that can bring it to its end, whatever else came before.
  if (!exists(event.cause) && map_->may_end(type) && !hot_[found->second].may_end)
    name(found->second, event, type);
  return found->second;
}

void saga_ledger::name(saga_index index, const event_view& event, type_index type) {
  hot_[index].root = type;
  hot_[index].may_end = map_->may_end(type);
  auto& key = cold_[index].key;
  key.clear();
  if (type >= map_->unknown_type() || map_->registry().events()[type].key == nullptr)
    return;
  keys_.clear();
  map_->registry().events()[type].key(event.payload.data(), keys_);
  if (!keys_.keys().empty())
    key = keys_.keys().front();
}

saga_ledger::saga_index saga_ledger::open(correlation_id correlation, timestamp started) {
  saga_index index = 0;
  if (free_.empty()) {
    index = static_cast<saga_index>(hot_.size());
    hot_.emplace_back();
    cold_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  hot_[index].used = true;
  hot_[index].ended = map_->no_type();
  hot_[index].root = map_->unknown_type();
  cold_[index].correlation = correlation;
  cold_[index].started = started;
  by_correlation_.emplace(correlation, index);
  return index;
}

const saga_ledger::unhandled_event* saga_ledger::find(const event_id& id) noexcept {
  if (last_found_ == nullptr || id.journal != last_cause_.journal || id.sequence != last_cause_.sequence) {
    const auto journal = map_->journal(id.journal);
    if (journal == saga_map::nowhere)
      return nullptr;
    const auto& w = windows_[journal];
    const auto place = number(id.sequence) - w.first; // wraps to a huge number when it is before the first
    if (place >= w.frames.size())
      return nullptr;
    last_cause_ = id;
    last_found_ = &w.frames[place].events;
  }
  return id.index < last_found_->size() ? &(*last_found_)[id.index] : nullptr;
}

void saga_ledger::take_parked(const frame& f) {
  if (const auto* added = f.body().pending_added()) {
    for (const auto* stored : *added) {
      auto entry = read_pending(*stored, map_->registry());
      const auto* const event = find(entry.event);
      const auto found = by_correlation_.find(entry.correlation);
      const auto index = event != nullptr                 ? event->of
                         : found != by_correlation_.end() ? found->second
                                                          : open(entry.correlation, f.time());
      auto& parked = cold_[index].parked;
      hot_[index].is_parked = true;
      std::erase_if(parked, [&](const parked_input& p) { // tried again
        return p.holder == f.journal() && p.number == entry.number;
      });
      parked.push_back({entry.event, static_cast<type_index>(map_->registry().index_of(entry.type)),
                        std::move(entry.actor), std::move(entry.reaction), std::move(entry.key), std::move(entry.error),
                        entry.attempts, entry.dead, false, f.journal(), entry.number});
    }
  }
  if (const auto* settled = f.body().pending_settled()) {
    for (const auto over : *settled) {
      for (saga_index i = 0; i < hot_.size(); ++i) { // rare: a person or a retry has settled a failure
        if (hot_[i].is_parked)
          settle_parked(i, f.journal(), over);
      }
    }
  }
}

void saga_ledger::settle_parked(saga_index index, journal_id holder, std::uint64_t number) {
  auto& parked = cold_[index].parked;
  const auto place = std::find_if(parked.begin(), parked.end(), [&](const parked_input& p) {
    return !p.effect && p.holder == holder && p.number == number;
  });
  if (place == parked.end())
    return;
  const auto over = *place;
  parked.erase(place);
  const auto* const asked = over.event.journal == holder && !over.dead ? map_->effect(over.type) : nullptr;
  if (asked != nullptr && asked->name == over.reaction) // a dead letter that was redriven: the world is asked again
    owe(index, over.event, over.type);
  hot_[index].is_parked = !parked.empty();
  settle(index);
}

void saga_ledger::owe(saga_index index, const event_id& event, type_index type) {
  parked_input owed;
  owed.event = event;
  owed.type = type;
  owed.holder = event.journal;
  owed.effect = true;
  cold_[index].parked.push_back(std::move(owed));
  hot_[index].is_parked = true;
  owed_.insert_or_assign(event, unhandled_event{index, type});
}

void saga_ledger::take_effects(const frame& f) {
  const auto* const settled = f.body().effects_settled();
  if (settled == nullptr)
    return;
  for (const auto* stored : *settled) {
    const event_id event{f.journal(), frame_sequence{stored->sequence()}, stored->event()};
    const auto place = owed_.find(event);
    if (place == owed_.end())
      continue;
    const auto index = place->second.of;
    owed_.erase(place);
    auto& parked = cold_[index].parked;
    std::erase_if(parked, [&](const parked_input& p) { return p.effect && p.event == event; });
    hot_[index].is_parked = !parked.empty();
    settle(index);
  }
}

void saga_ledger::take_timers(const frame& f) {
  timers_.observe(f);
  for (const auto flow : timers_.touched())
    if (const auto found = by_correlation_.find(flow); found != by_correlation_.end())
      settle(found->second);
}

void saga_ledger::take_inputs(const frame& f, std::size_t journal) {
  const auto* const inputs = f.body().inputs();
  if (inputs == nullptr)
    return;
  for (const auto* input : *inputs) {
    const auto source = map_->journal(journal_id{input->journal()});
    if (source == saga_map::nowhere)
      continue;
    auto& cursor = cursors_[journal * positions_.size() + source];
    cursor = std::max(cursor, input->to());
    shrink(source);
  }
}

/// Forgets the frames that everybody has handled, and the sagas that are over with them.
void saga_ledger::shrink(std::size_t journal) {
  auto& w = windows_[journal];
  auto all_handled = number(positions_[journal].sequence);
  for (const auto consumer : map_->consumers(journal))
    all_handled = std::min(all_handled, handled(consumer, journal));
  while (w.first <= all_handled && !w.frames.empty()) {
    auto events = std::move(w.frames.front().events);
    w.frames.pop_front();
    ++w.first;
    for (const auto& event : events) {
      if (--hot_[event.of].unhandled == 0)
        settle(event.of);
    }
    events.clear();
    if (spare_.size() < spare_max)
      spare_.push_back(std::move(events));
  }
  last_found_ = nullptr;
}

bool saga_ledger::is_settled(saga_index index) const {
  const auto& hot = hot_[index];
  if (!hot.used || hot.unhandled > 0 || hot.is_parked)
    return false;
  const bool over = hot.ended != map_->no_type() || !hot.may_end;
  return over && !timers_.has(cold_[index].correlation) && (!hot.failed || owed(whole(index)).empty());
}

void saga_ledger::settle(saga_index index) {
  if (!is_settled(index))
    return;
  auto& cold = cold_[index];
  by_correlation_.erase(cold.correlation);
  cold.more_types.clear(); // keeps the memory
  hot_[index] = {};
  free_.push_back(index);
}

saga saga_ledger::whole(saga_index index) const {
  const auto& hot = hot_[index];
  const auto& cold = cold_[index];
  saga s{cold.correlation, cold.key, hot.root, hot.ended,   hot.failed,
         cold.started,     hot.last, {},       cold.parked, timers_.of(cold.correlation)};
  s.events.assign(hot.types.begin(), hot.types.begin() + hot.count);
  s.events.insert(s.events.end(), cold.more_types.begin(), cold.more_types.end());
  return s;
}

owed_steps saga_ledger::owed(const saga& s) const {
  owed_steps steps;
  if (!s.failed)
    return steps;
  std::map<type_index, std::ptrdiff_t> open_steps;
  for (const auto& event : s.events)
    if (const auto step = map_->undoes(event); step != map_->no_type())
      --open_steps.try_emplace(step, 0).first->second;
  for (type_index type = 0; type < map_->unknown_type(); ++type)
    if (const auto step = map_->undoes(type); step != map_->no_type())
      open_steps.try_emplace(step, 0);
  for (const auto& event : s.events)
    if (const auto step = open_steps.find(event); step != open_steps.end())
      ++step->second;
  for (const auto& [step, count] : open_steps)
    if (count > 0)
      steps.emplace_back(step, static_cast<std::size_t>(count));
  return steps;
}

void saga_ledger::for_each(const std::function<void(const saga&)>& visit) const {
  for (saga_index i = 0; i < hot_.size(); ++i)
    if (hot_[i].used)
      visit(whole(i));
}

std::optional<saga> saga_ledger::find(correlation_id correlation) const {
  const auto found = by_correlation_.find(correlation);
  return found == by_correlation_.end() ? std::nullopt : std::optional(whole(found->second));
}

void saga_ledger::for_each_unhandled(
    const std::function<void(correlation_id, const event_id&, type_index)>& visit) const {
  for (std::size_t j = 0; j < windows_.size(); ++j) {
    auto sequence = windows_[j].first;
    for (const auto& f : windows_[j].frames) {
      for (std::size_t i = 0; i < f.events.size(); ++i)
        visit(cold_[f.events[i].of].correlation,
              {map_->journals()[j].id, frame_sequence{sequence}, static_cast<std::uint32_t>(i)}, f.events[i].type);
      ++sequence;
    }
  }
}

} // namespace reel::core
