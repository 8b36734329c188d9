// The part of a partition that keeps deadlines: what starts and stops them, and their passing.
#include "core/partition.hpp"
#include "core/timers_written.hpp"

#include <reel/context.hpp>

#include <algorithm>

namespace reel::core {

// -- starting and stopping --------------------------------------------------------------------------------------------

// Before anything is published, so that a function that throws leaves nothing half done.
void partition::ask_times(const delivery& d, const context& ctx) {
  for (const auto index : published_) {
    const auto event = outbox_.event(index);
    for (const auto& effect : rules_.effects(registry_->index_of(event.type))) {
      if (effect.starts && effect.is_own) {
        asked_.push_back(ask(effect.deadline, index, d.key, event.payload.data(), ctx));
      }
    }
  }
}

partition::asked_time partition::ask(std::uint16_t deadline, std::uint32_t event, std::string_view key,
                                     const std::byte* payload, const context& ctx) const {
  const auto& rule = rules_.all()[deadline];
  const auto& info = *rule.info;
  const auto time = info.ask_time != nullptr ? info.ask_time(tables_[rule.actor]->find(key), payload, ctx) : info.time;
  return {deadline, event, time, info.is_moment};
}

// An event of somebody else that starts or stops deadlines of the entity.
void partition::handle_deadlines(const delivery& d, const event_view& event, const context& ctx) {
  const auto effects = rules_.effects(registry_->index_of(event.type));
  for (const auto& effect : effects) {
    if (effect.starts && !effect.is_own && rules_.all()[effect.deadline].actor == d.actor) {
      asked_.push_back(ask(effect.deadline, timer::no_event, d.key, event.payload.data(), ctx));
    }
  }
  for (const auto& effect : effects) {
    const auto& rule = rules_.all()[effect.deadline];
    if (!effect.starts && !effect.is_own && rule.actor == d.actor) {
      if (const auto record = timers_.find(effect.deadline, d.key); record != timer_set::none) {
        builder_.add_stopped({rule.tag, timers_.at(record).correlation, std::string(d.key)});
        timers_.stop(record);
      }
    }
  }
  for (const auto& asked : asked_) {
    start_timer(asked, d.key, event.id, event.correlation, timer::no_event);
  }
  asked_.clear();
}

void partition::start_timer(const asked_time& asked, std::string_view key, const event_id& cause,
                            correlation_id correlation, std::uint32_t event) {
  timers_.start({timestamp(asked.time), cause, correlation, asked.deadline, event, std::string(key)}, !asked.is_moment);
}

// An event of ours has just been added to the open frame.
void partition::note_event(const delivery& d, const event_view& cause, std::uint32_t outbox_index, event_type_id type) {
  const auto place = static_cast<std::uint32_t>(builder_.event_count() - 1);
  stop_by_own(registry_->index_of(type), d.key);
  for (const auto& asked : asked_) {
    if (asked.event == outbox_index) {
      const event_id id{journal_, frame_sequence{static_cast<std::uint64_t>(sequence_) + 1}, place};
      start_timer(asked, d.key, id, cause.correlation, place);
    }
  }
  // A timer that the cause has started is found by this event: that is shorter than its key.
  const auto [first, last] = rules_.of_actor(d.actor);
  for (auto deadline = first; deadline < last; ++deadline) {
    const auto& info = *rules_.all()[deadline].info;
    const auto record =
        info.after == cause.type && info.after_keys != nullptr ? timers_.find(deadline, d.key) : timer_set::none;
    if (record != timer_set::none && timers_.is_open(record) && timers_.at(record).event == timer::no_event &&
        timers_.at(record).cause == cause.id) {
      timers_.set_event(record, place);
    }
  }
}

void partition::stop_by_own(std::size_t type, std::string_view key) {
  for (const auto& effect : rules_.effects(type)) {
    if (!effect.starts && effect.is_own) {
      timers_.stop(timers_.find(effect.deadline, key));
    }
  }
}

void partition::stop_all(std::size_t actor, std::string_view key, bool noted) {
  const auto [first, last] = rules_.of_actor(actor);
  for (auto deadline = first; deadline < last; ++deadline) {
    const auto record = timers_.find(deadline, key);
    if (noted && record != timer_set::none) {
      builder_.add_stopped({rules_.all()[deadline].tag, timers_.at(record).correlation, std::string(key)});
    }
    timers_.stop(record);
  }
}

// The times begin when the frame is sealed, so that nobody who reads the journal sees one pass early.
void partition::close_timers() {
  timers_.close(time_, [this](const timer& started) {
    const auto tag = rules_.all()[started.deadline].tag;
    if (started.event != timer::no_event) {
      builder_.add_timer(armed_timer{started.due, started.event, tag});
    } else {
      builder_.add_timer(keyed_timer{tag, started.due, started.correlation, started.cause, started.key});
    }
  });
}

// -- passing ----------------------------------------------------------------------------------------------------------

void partition::pass_deadlines(std::size_t open_bytes_max) {
  const auto until = std::min(time_, deadlines_until_.value_or(timestamp::max()));
  while (timers_.next() != timer_set::none && timers_.next_time() <= until && open_bytes() < open_bytes_max) {
    const auto record = timers_.next();
    const auto& t = timers_.at(record);
    const auto& actor = service_->actors[rules_.all()[t.deadline].actor];
    if (const auto* head = pending_.head(actor.name, t.key)) { // what came before the deadline is handled before it
      timers_.postpone(record, std::max(head->due, time_ + std::chrono::nanoseconds(1)));
    } else {
      pass(record);
    }
  }
}

void partition::pass(timer_set::number record) {
  const auto t = timers_.at(record); // by value: the timer ends
  const auto& rule = rules_.all()[t.deadline];
  const delivery d{0, rule.actor, static_cast<std::uint16_t>(delivery::first_deadline + rule.place), t.key};
  event_view event;
  event.id = t.cause;
  event.type = rule.info->after;
  event.correlation = t.correlation;
  if (auto failure = attempt(d, event)) {
    auto entry = entry_of(d, event);
    note_failure(entry, std::move(*failure), policy_of(d));
    park(std::move(entry)); // holds the timer
  }
}

timer_set::number partition::timer_of(const pending_entry& entry) const {
  if (entry.reaction.empty() || entry.reaction.front() != '(' || entry.reaction == deadline_event_name) {
    return timer_set::none;
  }
  const auto d = delivery_of(entry);
  if (!d || d->reaction < delivery::first_deadline || d->reaction >= delivery::deadlines) {
    return timer_set::none;
  }
  const auto deadline = rules_.of_actor(d->actor).first + (d->reaction - delivery::first_deadline);
  return timers_.find(static_cast<std::uint16_t>(deadline), entry.key);
}

void partition::hold_timer(const pending_entry& entry) {
  if (const auto record = timer_of(entry); record != timer_set::none) {
    timers_.hold(record);
  }
}

// -- recovery ---------------------------------------------------------------------------------------------------------

void partition::recover_timers(const frame& f) {
  if (const auto* stopped = f.body().timers_stopped()) {
    for (const auto* t : *stopped) {
      if (const auto deadline = rules_.find(t->deadline())) {
        timers_.stop(timers_.find(*deadline, t->key()->string_view()));
      }
    }
  }
  // A deadline that this program does not have any more passes for nobody.
  if (const auto* timers = f.body().timers()) {
    for (const auto* t : *timers) {
      const auto event = f.event(t->event());
      const auto* info = registry_->find(event.type);
      if (const auto deadline = rules_.find(t->deadline()); deadline && info != nullptr) {
        keys_.clear();
        info->key(event.payload.data(), keys_);
        const bool is_own = rules_.all()[*deadline].info->after == event.type;
        timers_.start({timestamp(std::chrono::nanoseconds(t->due())), is_own ? event.id : event.cause,
                       event.correlation, *deadline, timer::no_event, std::string(keys_.keys().front())},
                      false);
      }
    }
  }
  if (const auto* keyed = f.body().timers_keyed()) {
    for (const auto* entry : *keyed) {
      recover_timer(read_keyed_timer(*entry));
    }
  }
  timers_.close({}, [](const timer&) {});
}

void partition::recover_timer(keyed_timer t) {
  if (const auto deadline = rules_.find(t.deadline)) {
    timers_.start({t.due, t.cause, t.correlation, *deadline, timer::no_event, std::move(t.key)}, false);
  }
}

} // namespace reel::core
