// The part of a partition that tries again: parking, backoff, retries, dead letters.
#include "core/backoff.hpp"
#include "core/hash.hpp"
#include "core/partition.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::core {

namespace {

constexpr std::uint64_t parked_in_frame_max = 0xffff;

} // namespace

std::uint64_t partition::next_pending_number() {
  if (parked_in_frame_ == parked_in_frame_max) {
    throw std::length_error("more than 65,535 events parked in one frame");
  }
  return ((static_cast<std::uint64_t>(sequence_) + 1) << 16U) | parked_in_frame_++;
}

pending_entry partition::entry_of(const delivery& d, const event_view& event) {
  const auto& actor = service_->actors[d.actor];
  pending_entry entry;
  entry.number = next_pending_number();
  entry.event = event.id;
  entry.type = event.type;
  entry.version = event.version;
  entry.correlation = event.correlation;
  entry.actor = std::string(actor.name);
  entry.reaction = name_of(d);
  entry.key = std::string(d.key);
  entry.payload.assign(event.payload.begin(), event.payload.end());
  return entry;
}

std::string partition::name_of(const delivery& d) const {
  const auto& actor = service_->actors[d.actor];
  if (d.reaction == delivery::entity_ends) {
    return {};
  }
  if (d.reaction == delivery::deadlines) {
    return std::string(deadline_event_name);
  }
  if (d.reaction >= delivery::first_deadline) {
    return deadline_name(*registry_, actor.deadlines[d.reaction - delivery::first_deadline]);
  }
  return std::string(actor.reactions[d.reaction].name);
}

void partition::park(pending_entry entry) {
  hold_timer(entry);
  builder_.add_pending(entry);
  pending_.put(std::move(entry));
}

// `reaction`: what failed; null when this program has none of that name.
retry_policy partition::policy_of(const delivery& d) const {
  const auto& reactions = service_->actors[d.actor].reactions;
  return d.reaction < reactions.size() ? reactions[d.reaction].retries.value_or(service_->retries) : service_->retries;
}

// Without a policy there is nobody to try again.
void partition::note_failure(pending_entry& entry, std::string what, const std::optional<retry_policy>& policy) const {
  entry.error = std::move(what);
  ++entry.attempts;
  entry.dead = !policy || entry.attempts >= policy->attempts;
  entry.due = entry.dead ? timestamp{} : time_ + backoff(*policy, entry.attempts, xxh3(entry.key) + entry.number);
}

std::optional<timestamp> partition::next_due() const {
  std::optional<timestamp> first;
  if (const auto* head = pending_.next()) {
    first = head->due;
  }
  if (timers_.next() != timer_set::none && timers_.next_time() <= deadlines_until_.value_or(timestamp::max())) {
    first = std::min(first.value_or(timestamp::max()), timers_.next_time());
  }
  return first;
}

void partition::run_due(timestamp now, std::size_t open_bytes_max) {
  time_ = later_of(now);
  for (const auto* head = pending_.next(); head != nullptr && head->due <= time_ && open_bytes() < open_bytes_max;
       head = pending_.next()) {
    retry(*head);
  }
  pass_deadlines(open_bytes_max);
}

expected<void> partition::decide(const decision& made, timestamp now) {
  const auto* letter = pending_.find(made.number);
  if (letter == nullptr || !letter->dead) {
    return fail(errc::invalid, journal_name(genesis_.service, genesis_.partition) + " has no dead letter " +
                                   std::to_string(made.number));
  }
  time_ = later_of(now);
  builder_.add_decision(made);
  if (made.kind == decision_kind::discard) {
    builder_.settle_pending(made.number);
    close_pending(made.number);
    return {};
  }
  auto entry = *letter;
  entry.dead = false;
  entry.attempts = 0;
  entry.due = time_;
  park(std::move(entry));
  return {};
}

// By value: the entry leaves the set.
void partition::retry(pending_entry entry) {
  const auto d = delivery_of(entry);
  if (!d) {
    note_failure(entry, "this program has no reaction " + entry.actor + "." + entry.reaction, std::nullopt);
    park(std::move(entry));
    return;
  }
  if (auto owed = owed_again(entry)) {
    owed_.add(std::move(owed));
  } else if (d->reaction == delivery::entity_ends) {
    end_entity(*d);
  } else if (d->reaction < delivery::first_deadline || d->reaction == delivery::deadlines ||
             timer_of(entry) != timer_set::none) { // a deadline that was stopped meanwhile is over
    event_view event;
    event.id = entry.event;
    event.type = entry.type;
    event.version = entry.version;
    event.correlation = entry.correlation;
    event.payload = entry.payload;
    counters_.retries += entry.attempts > 0 ? 1 : 0;
    if (auto failure = attempt(*d, event)) {
      note_failure(entry, std::move(*failure), policy_of(*d));
      park(std::move(entry));
      return;
    }
  }
  builder_.settle_pending(entry.number);
  close_pending(entry.number);
}

// The entry is over, and so is the timer that it held.
void partition::close_pending(std::uint64_t number) {
  if (const auto* entry = pending_.find(number)) {
    if (const auto record = timer_of(*entry); record != timer_set::none) {
      timers_.stop(record);
    }
    pending_.remove(number);
  }
}

// The key is a view into the entry.
std::optional<delivery> partition::delivery_of(const pending_entry& entry) const {
  for (std::size_t a = 0; a < service_->actors.size(); ++a) {
    const auto& actor = service_->actors[a];
    if (actor.name != entry.actor) {
      continue;
    }
    if (entry.reaction.empty()) {
      return delivery{0, static_cast<std::uint16_t>(a), delivery::entity_ends, entry.key};
    }
    if (entry.reaction == deadline_event_name) {
      return delivery{0, static_cast<std::uint16_t>(a), delivery::deadlines, entry.key};
    }
    for (std::size_t i = 0; i < actor.deadlines.size(); ++i) {
      if (actor.deadlines[i].after == entry.type && entry.reaction == deadline_name(*registry_, actor.deadlines[i])) {
        return delivery{0, static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(delivery::first_deadline + i),
                        entry.key};
      }
    }
    for (std::size_t r = 0; r < actor.reactions.size(); ++r) {
      if (actor.reactions[r].name == entry.reaction && actor.reactions[r].input == entry.type) {
        return delivery{0, static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(r), entry.key};
      }
    }
  }
  return std::nullopt;
}

} // namespace reel::core
