// The part of a partition that owes the world something: effects are started by its own events and settled by results.
#include "core/partition.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::core {

void partition::index_effects() {
  for (std::size_t a = 0; a < service_->actors.size(); ++a) {
    const auto& actor = service_->actors[a];
    for (std::size_t r = 0; r < actor.reactions.size(); ++r) {
      if (!actor.reactions[r].effect) {
        continue;
      }
      auto& slot = folders_.at(registry_->index_of(actor.reactions[r].input));
      if (slot.apply == nullptr || slot.actor != a || slot.effect != owed_effect::unknown) {
        throw std::invalid_argument("service " + service_->name + ": the effect " + std::string(actor.name) + "." +
                                    std::string(actor.reactions[r].name) + " needs an event of its own: " +
                                    std::string(registry_->find(actor.reactions[r].input)->name) +
                                    (slot.effect != owed_effect::unknown ? " starts another effect already"
                                                                         : " is not one that its actor folds"));
      }
      slot.effect = static_cast<std::uint16_t>(r);
    }
  }
}

std::shared_ptr<owed_effect> partition::owed_by(const event_view& event, const folder* f, std::string_view key) const {
  auto owed = std::make_shared<owed_effect>();
  owed->event = event.id;
  owed->type = event.type;
  owed->version = event.version;
  owed->correlation = event.correlation;
  owed->key = std::string(key);
  owed->payload.assign(event.payload.begin(), event.payload.end());
  if (f != nullptr) {
    owed->actor = f->actor;
    owed->reaction = f->effect;
  }
  return owed;
}

bool partition::settle(const effect_result& result, timestamp now) {
  const auto owed = owed_.find(result.event);
  if (owed == nullptr || owed->reaction == owed_effect::unknown) {
    ++counters_.ignored;
    return false;
  }
  time_ = later_of(now);
  ++counters_.outcomes;
  auto how = effect_end::answered;
  if (result.failure) {
    ++counters_.given_up;
    how = effect_end::given_up;
  }
  if (auto error = conclude(*owed, result)) {
    how = effect_end::dead;
    bury(*owed, std::move(*error), result.failure ? result.failure->attempts : 1);
  }
  builder_.settle_effect(owed->event, how);
  owed_.remove(owed->event);
  return true;
}

// Why nothing was published, in words; nothing when all is well.
std::optional<std::string> partition::conclude(const owed_effect& owed, const effect_result& result) {
  const auto& effect = *service_->actors[owed.actor].reactions[owed.reaction].effect;
  if (result.failure && effect.give_up == nullptr) {
    return result.failure->what;
  }
  return attempt({0, owed.actor, owed.reaction, owed.key}, view_of(owed), &result);
}

/// A dead letter: a person decides whether it is called again.
void partition::bury(const owed_effect& owed, std::string error, std::uint32_t attempts) {
  pending_entry entry;
  entry.number = next_pending_number();
  entry.event = owed.event;
  entry.type = owed.type;
  entry.version = owed.version;
  entry.correlation = owed.correlation;
  entry.key = owed.key;
  entry.payload = owed.payload;
  entry.hash = owed.hash;
  entry.error = std::move(error);
  entry.attempts = attempts;
  entry.dead = true;
  if (owed.actor != owed_effect::unknown) {
    entry.actor = std::string(service_->actors[owed.actor].name);
  }
  if (owed.reaction != owed_effect::unknown) {
    entry.reaction = std::string(service_->actors[owed.actor].reactions[owed.reaction].name);
  } else {
    entry.reaction = "effect";
  }
  park(std::move(entry));
}

/// What an earlier program promised and this one cannot keep.
void partition::bury_unknown() {
  std::vector<std::shared_ptr<owed_effect>> unknown;
  for (const auto& [event, owed] : owed_.entries()) {
    if (owed->reaction == owed_effect::unknown) {
      unknown.push_back(owed);
    }
  }
  for (const auto& owed : unknown) {
    bury(*owed, "this program has no effect for the event that asks for it", 0);
    builder_.settle_effect(owed->event, effect_end::dead);
    owed_.remove(owed->event);
  }
}

/// The effect of an entry that is tried again; null when the entry is a dead letter, or of a reaction.
std::shared_ptr<owed_effect> partition::owed_again(const pending_entry& entry) const {
  const auto d = entry.dead ? std::nullopt : delivery_of(entry);
  if (!d || d->reaction == delivery::entity_ends || !service_->actors[d->actor].reactions[d->reaction].effect) {
    return nullptr;
  }
  auto owed = owed_by(view_of(entry), folder_of(entry.type), entry.key);
  owed->hash = entry.hash;
  return owed;
}

} // namespace reel::core
