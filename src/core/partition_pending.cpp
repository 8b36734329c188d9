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
  entry.reaction = d.reaction == delivery::entity_ends ? std::string() : std::string(actor.reactions[d.reaction].name);
  entry.key = std::string(d.key);
  entry.payload.assign(event.payload.begin(), event.payload.end());
  return entry;
}

void partition::park(pending_entry entry) {
  builder_.add_pending(entry);
  pending_.put(std::move(entry));
}

// `reaction`: what failed; null when this program has none of that name.
void partition::note_failure(pending_entry& entry, std::string what, const reaction_info* reaction) const {
  entry.error = std::move(what);
  ++entry.attempts;
  const auto policy = reaction != nullptr ? reaction->retries.value_or(service_->retries) : service_->retries;
  entry.dead = reaction == nullptr || entry.attempts >= policy.attempts;
  entry.due = entry.dead ? timestamp{} : time_ + backoff(policy, entry.attempts, xxh3(entry.key) + entry.number);
}

std::optional<timestamp> partition::next_due() const {
  const auto* head = pending_.next();
  return head != nullptr ? std::optional(head->due) : std::nullopt;
}

void partition::run_due(timestamp now, std::size_t open_bytes_max) {
  time_ = later_of(now);
  for (const auto* head = pending_.next(); head != nullptr && head->due <= time_ && open_bytes() < open_bytes_max;
       head = pending_.next()) {
    retry(*head);
  }
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
    pending_.remove(made.number);
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
    note_failure(entry, "this program has no reaction " + entry.actor + "." + entry.reaction, nullptr);
    park(std::move(entry));
    return;
  }
  if (auto owed = owed_again(entry)) {
    owed_.add(std::move(owed));
  } else if (d->reaction == delivery::entity_ends) {
    end_entity(*d);
  } else {
    counters_.retries += entry.attempts > 0 ? 1 : 0;
    if (auto failure = attempt(*d, view_of(entry))) {
      note_failure(entry, std::move(*failure), &service_->actors[d->actor].reactions[d->reaction]);
      park(std::move(entry));
      return;
    }
  }
  builder_.settle_pending(entry.number);
  pending_.remove(entry.number);
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
    for (std::size_t r = 0; r < actor.reactions.size(); ++r) {
      if (actor.reactions[r].name == entry.reaction && actor.reactions[r].input == entry.type) {
        return delivery{0, static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(r), entry.key};
      }
    }
  }
  return std::nullopt;
}

} // namespace reel::core
