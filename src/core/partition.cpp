#include "core/partition.hpp"

#include "core/dependencies.hpp"
#include "core/hash.hpp"
#include "core/pending.hpp"

#include <reel/context.hpp>
#include <reel/frame_generated.h>

#include <algorithm>
#include <stdexcept>

namespace reel::core {

namespace {

std::uint16_t tag_of(std::string_view actor) {
  return static_cast<std::uint16_t>(xxh3(actor));
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

} // namespace

partition::partition(const service_info& service, const event_registry& registry, core::genesis_record genesis)
    : service_(&service), registry_(&registry), genesis_(std::move(genesis)),
      journal_(journal_id_of(journal_name(genesis_.service, genesis_.partition))), folders_(registry.events().size()) {
  for (std::size_t actor = 0; actor < service.actors.size(); ++actor) {
    const auto& info = service.actors[actor];
    tables_.push_back(info.make_table());
    if (std::find(actor_tags_.begin(), actor_tags_.end(), tag_of(info.name)) != actor_tags_.end()) {
      throw std::invalid_argument("service " + service.name + ": rename actor " + std::string(info.name) +
                                  ", its name's tag collides with another actor's");
    }
    actor_tags_.push_back(tag_of(info.name));
    for (const auto& f : info.folds) {
      auto& slot = folders_.at(registry.index_of(f.event));
      if (slot.apply != nullptr) {
        throw std::invalid_argument("service " + service.name + ": two actors fold " +
                                    std::string(registry.find(f.event)->name) + "; let one publish another event type");
      }
      const bool ends = std::find(info.ends.begin(), info.ends.end(), f.event) != info.ends.end();
      slot = {static_cast<std::uint16_t>(actor), f.apply, ends, owed_effect::unknown};
    }
  }
  index_effects();
}

partition::~partition() = default;

// -- recovery ---------------------------------------------------------------------------------------------------------

expected<void> partition::recover(const frame& f) {
  const auto expected_sequence = following(sequence_);
  if (f.sequence() != expected_sequence || f.previous() != hash_) {
    return fail(errc::chain_broken,
                journal_name(genesis_.service, genesis_.partition) + ": frame " +
                    std::to_string(static_cast<std::uint64_t>(f.sequence())) + " does not follow frame " +
                    std::to_string(static_cast<std::uint64_t>(sequence_)) + " (sequence or previous hash differ)");
  }
  recover_events(f);
  recover_notes(f);
  sequence_ = f.sequence();
  hash_ = f.hash();
  epoch_ = std::max(epoch_, f.epoch());
  time_ = std::max(time_, f.time());
  ++counters_.frames;
  return {};
}

void partition::recover_events(const frame& f) {
  const auto count = f.event_count();
  std::uint32_t next_end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    next_end = recover_ends(f, next_end, i);
    const auto event = f.event(i);
    const auto* how = folder_of(event.type);
    const auto* info = registry_->find(event.type);
    std::string_view key;
    keys_.clear();
    if (info != nullptr && (how != nullptr || event.owes)) {
      info->key(event.payload.data(), keys_);
      key = keys_.keys().front();
    }
    if (event.owes) {
      owed_.recover(owed_by(event, how, key));
      owed_.entries().at(event.id)->hash = short_hash(f.hash());
    }
    if (how != nullptr) { // otherwise a type that this program does not publish any more: nobody's state depends on it
      fold(*how, key, event.payload.data());
    }
  }
  (void)recover_ends(f, next_end, count);
  counters_.events += count;
}

// Forgets the entities that ended before event `before` of the frame; the list is in the order of events.
std::uint32_t partition::recover_ends(const frame& f, std::uint32_t next, std::size_t before) {
  const auto* ended = f.body().ended();
  for (; ended != nullptr && next < ended->size() && ended->Get(next)->after() <= before; ++next) {
    const auto* entity = ended->Get(next);
    const auto it = std::find(actor_tags_.begin(), actor_tags_.end(), entity->actor());
    if (it != actor_tags_.end()) { // an actor that this program does not host any more has no state
      tables_[static_cast<std::size_t>(it - actor_tags_.begin())]->erase(entity->key()->string_view());
    }
  }
  return next;
}

void partition::recover_notes(const frame& f) {
  const auto& body = f.body();
  if (const auto* inputs = body.inputs()) {
    for (const auto* input : *inputs) {
      inputs_.advance(journal_id{input->journal()}, {frame_sequence{input->to()}, input->hash()});
      clock_.advance(journal_id{input->journal()}, {frame_sequence{input->to()}, input->hash()});
    }
  }
  if (const auto* dependencies = body.dependencies()) {
    for (const auto* d : *dependencies) {
      clock_.advance(journal_id{d->journal()}, {frame_sequence{d->sequence()}, d->hash()});
    }
  }
  inputs_.mark_recorded();
  clock_.mark_recorded();
  recover_pending(f);
  if (const auto* ingress = body.ingress()) {
    ingress_ = {ingress->input()->str(), ingress->offset(), ingress->complete()};
  }
}

void partition::recover_pending(const frame& f) {
  if (const auto* settled = f.body().effects_settled()) {
    for (const auto* e : *settled) {
      owed_.remove({journal_, frame_sequence{e->sequence()}, e->event()});
    }
  }
  if (const auto* pending = f.body().pending_added()) {
    for (const auto* p : *pending) {
      pending_.put(read_pending(*p, *registry_));
    }
  }
  if (const auto* settled = f.body().pending_settled()) {
    for (const auto number : *settled) {
      if (const auto* entry = pending_.find(number)) {
        if (auto owed = owed_again(*entry)) {
          owed_.recover(std::move(owed));
        }
      }
      pending_.remove(number);
    }
  }
}

void partition::take_ownership(std::string_view owner) {
  ++epoch_;
  builder_.set_owned(owner);
  bury_unknown();
}

// -- running ----------------------------------------------------------------------------------------------------------

void partition::handle(const routed_frame& input, timestamp now) {
  const auto& source = *input.source;
  time_ = later_of(now);
  for (const auto& d : input.deliveries) {
    take(d, source.event(d.event));
  }
  inputs_.advance(source.journal(), {source.sequence(), short_hash(source.hash())});
  depend_on(source);
  ++unrecorded_;
}

// What comes for an entity that waits, waits behind it.
void partition::take(const delivery& d, const event_view& event) {
  if (pending_.blocks(service_->actors[d.actor].name, d.key)) {
    park(entry_of(d, event));
  } else if (d.reaction == delivery::entity_ends) {
    end_entity(d);
  } else if (auto failure = attempt(d, event)) {
    auto entry = entry_of(d, event);
    note_failure(entry, std::move(*failure), &service_->actors[d.actor].reactions[d.reaction]);
    park(std::move(entry));
  }
}

// What the reaction threw, in words; nothing when it published. `end`: of the call, when it is an effect.
std::optional<std::string> partition::attempt(const delivery& d, const event_view& event, const effect_result* end) {
  outbox_.clear();
  published_.clear();
  try {
    run(d, event, end);
    check_published(d, published_);
  } catch (const std::exception& failure) {
    return failure.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
  publish(d, event, published_);
  return std::nullopt;
}

void partition::run(const delivery& d, const event_view& event, const effect_result* end) {
  const auto& reaction = service_->actors[d.actor].reactions[d.reaction];
  const auto* const entity = tables_[d.actor]->find(d.key);
  const auto* const payload = event.payload.data();
  const context ctx(d.key, time_, event.id, event.correlation, outbox_, service_->provides);
  if (end == nullptr) {
    ++counters_.reactions;
    if (hook_) {
      hook_(d, event);
    }
    reaction.run(entity, payload, ctx, published_);
  } else if (end->failure) {
    reaction.effect->give_up(entity, payload, &*end->failure, ctx, published_);
  } else {
    reaction.effect->conclude(entity, payload, end->answer.get(), ctx, published_);
  }
}

void partition::check_published(const delivery& d, const published& indices) {
  for (const auto index : indices) {
    const auto event = outbox_.event(index);
    const auto* how = folder_of(event.type);
    if (how == nullptr || how->actor != d.actor) {
      throw std::logic_error("published an event that its actor does not fold");
    }
    const auto* info = registry_->find(event.type);
    keys_.clear();
    info->key(event.payload.data(), keys_);
    if (keys_.keys().front() != d.key) {
      throw std::logic_error("published " + std::string(info->name) + " for " + std::string(info->entity_field) + " " +
                             quoted(keys_.keys().front()) + ", but this is entity " + quoted(d.key));
    }
  }
}

void partition::publish(const delivery& d, const event_view& cause, const published& indices) {
  for (const auto index : indices) {
    const auto event = outbox_.event(index);
    const auto& how = *folder_of(event.type);
    const bool owes = how.effect != owed_effect::unknown;
    if (owes) {
      event_view started;
      started.id = {journal_, following(sequence_), static_cast<std::uint32_t>(builder_.event_count())};
      started.type = event.type;
      started.version = event.version;
      started.correlation = cause.correlation;
      started.payload = event.payload;
      owed_.add(owed_by(started, &how, d.key));
    }
    builder_.add_event(event.type, event.version, cause.correlation, cause.id, event.payload, owes);
    fold(how, d.key, event.payload.data());
  }
  counters_.events += indices.size();
}

void partition::fold(const folder& f, std::string_view key, const std::byte* payload) {
  f.apply(tables_[f.actor]->touch(key), payload);
  if (f.ends) {
    tables_[f.actor]->erase(key);
  }
}

void partition::end_entity(const delivery& d) {
  auto& table = *tables_[d.actor];
  if (table.contains(d.key)) {
    table.erase(d.key);
    builder_.add_ended({actor_tags_[d.actor], std::string(d.key), static_cast<std::uint32_t>(builder_.event_count())});
  }
}

void partition::depend_on(const frame& source) {
  clock_.advance(source.journal(), {source.sequence(), short_hash(source.hash())});
  for_each_dependency(source, [this](const dependency& d) {
    if (d.journal != journal_) {
      clock_.advance(d.journal, {d.sequence, d.hash});
    }
  });
}

void partition::ingest(const outbox& events, timestamp now) {
  time_ = later_of(now);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto event = events.event(static_cast<std::uint32_t>(i));
    keys_.clear();
    registry_->find(event.type)->key(event.payload.data(), keys_);
    builder_.add_event(event.type, event.version, correlation_of(keys_.keys().front()), event_id{}, event.payload);
  }
  counters_.events += events.size();
}

void partition::set_ingress(const ingress_mark& mark) {
  ingress_ = mark;
  builder_.set_ingress(mark);
}

bool partition::has_open_frame() const noexcept {
  return !builder_.empty();
}

std::size_t partition::open_bytes() const noexcept {
  return builder_.size();
}

std::uint64_t partition::unrecorded_inputs() const noexcept {
  return unrecorded_;
}

sealed_frame partition::seal(timestamp now) {
  time_ = later_of(now);
  inputs_.record([this](const vector_clock::entry& e) {
    builder_.add_input({e.journal, e.recorded.sequence, e.at.sequence, e.at.hash});
  });
  clock_.record([this](const vector_clock::entry& e) {
    const bool is_input = inputs_.at(e.journal).sequence >= e.at.sequence;
    if (e.journal != journal_ && !is_input) { // inputs are dependencies anyway
      builder_.add_dependency({e.journal, e.at.sequence, e.at.hash});
    }
  });
  const auto next = following(sequence_);
  auto sealed = builder_.seal(journal_, next, epoch_, hash_, time_);
  sequence_ = next;
  hash_ = sealed.decoded->hash();
  owed_.seal(sequence_, hash_);
  unrecorded_ = 0;
  parked_in_frame_ = 0;
  ++counters_.frames;
  return sealed;
}

// -- state ------------------------------------------------------------------------------------------------------------

const partition::folder* partition::folder_of(event_type_id type) const noexcept {
  const auto index = registry_->index_of(type);
  return index < folders_.size() && folders_[index].apply != nullptr ? &folders_[index] : nullptr;
}

timestamp partition::later_of(timestamp now) const noexcept {
  return std::max(now, time_);
}

} // namespace reel::core
