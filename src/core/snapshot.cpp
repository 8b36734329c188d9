#include "core/partition.hpp"
#include "core/pending.hpp"
#include "core/timers_written.hpp"

#include <reel/snapshot_generated.h>

#include <algorithm>

namespace reel::core {

namespace {

flatbuffers::Offset<flatbuffers::Vector<const wire::Dependency*>> write_clock(flatbuffers::FlatBufferBuilder& builder,
                                                                              const vector_clock& clock) {
  std::vector<wire::Dependency> entries;
  for (const auto& e : clock.entries()) { // what frames have recorded: a snapshot is the fold of the journal, no more
    entries.emplace_back(static_cast<std::uint64_t>(e.recorded.sequence), e.recorded.hash,
                         static_cast<std::uint32_t>(e.journal), 0U);
  }
  return builder.CreateVectorOfStructs(entries);
}

vector_clock read_clock(const flatbuffers::Vector<const wire::Dependency*>& entries) {
  vector_clock clock;
  for (const auto* e : entries) {
    clock.advance(journal_id{e->journal()}, {frame_sequence{e->sequence()}, e->hash()});
  }
  clock.mark_recorded();
  return clock;
}

flatbuffers::Offset<wire::ActorState> write_actor(flatbuffers::FlatBufferBuilder& builder, const actor_info& info,
                                                  const entity_table& table) {
  std::vector<flatbuffers::Offset<wire::EntityState>> entities;
  entities.reserve(table.size());
  std::string state;
  table.for_each([&](std::string_view key, const void* entity) {
    state.clear();
    table.save(entity, state);
    const auto bytes = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(state.data()), state.size());
    entities.push_back(wire::CreateEntityState(builder, builder.CreateString(key), bytes));
  });
  return wire::CreateActorState(builder, builder.CreateString(info.name), builder.CreateString(info.shape),
                                info.fold_version, builder.CreateVector(entities));
}

/// A snapshot that holds events in other versions than this program's is another program's: the journal is read
/// instead.
bool has_present_versions(const wire::Snapshot& s, const event_registry& registry) {
  const auto* pending = s.pending();
  const auto* effects = s.effects();
  const auto is_present = [&](const auto* held) {
    const auto* type = registry.find(event_type_id{held->type()});
    return type == nullptr || held->version() == type->version;
  };
  return (pending == nullptr || std::all_of(pending->begin(), pending->end(), is_present)) &&
         (effects == nullptr || std::all_of(effects->begin(), effects->end(), is_present));
}

flatbuffers::Offset<wire::OwedEffect> write_owed(flatbuffers::FlatBufferBuilder& builder, const owed_effect& owed) {
  builder.ForceVectorAlignment(owed.payload.size(), 1, 8);
  const auto payload =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(owed.payload.data()), owed.payload.size());
  return wire::CreateOwedEffect(builder, static_cast<std::uint64_t>(owed.event.sequence), owed.event.index, owed.hash,
                                static_cast<std::uint64_t>(owed.correlation), static_cast<std::uint32_t>(owed.type),
                                owed.version, builder.CreateString(owed.key), payload);
}

event_view read_owed(const wire::OwedEffect& stored, journal_id journal) {
  event_view event;
  event.id = {journal, frame_sequence{stored.sequence()}, stored.event()};
  event.type = event_type_id{stored.type()};
  event.version = stored.version();
  event.correlation = correlation_id{stored.correlation()};
  event.payload = {reinterpret_cast<const std::byte*>(stored.payload()->data()), stored.payload()->size()};
  return event;
}

} // namespace

bool partition::can_snapshot() const noexcept {
  return std::all_of(service_->actors.begin(), service_->actors.end(), [](const actor_info& a) { return a.snapshots; });
}

std::string partition::snapshot() const {
  flatbuffers::FlatBufferBuilder builder(64 * 1024);
  std::vector<flatbuffers::Offset<wire::ActorState>> actors;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    actors.push_back(write_actor(builder, service_->actors[i], *tables_[i]));
  }
  std::vector<flatbuffers::Offset<wire::PendingEntry>> pending;
  for (const auto& [number, entry] : pending_.entries()) {
    pending.push_back(write_pending(builder, entry));
  }
  flatbuffers::Offset<wire::Ingress> ingress;
  if (!ingress_.input.empty()) {
    ingress = wire::CreateIngress(builder, builder.CreateString(ingress_.input), ingress_.offset, ingress_.complete);
  }
  std::vector<flatbuffers::Offset<wire::OwedEffect>> effects;
  for (const auto& [event, owed] : owed_.entries()) {
    effects.push_back(write_owed(builder, *owed));
  }
  std::vector<keyed_timer> timers;
  timers_.for_each([&](const timer& t) {
    timers.push_back({rules_.all()[t.deadline].tag, t.due, t.correlation, t.cause, t.key});
  });
  const auto timers_at = write_keyed_timers(builder, timers);
  const wire::Hash hash(hash_[0], hash_[1], hash_[2], hash_[3]);
  builder.Finish(wire::CreateSnapshot(
      builder, builder.CreateString(genesis_.service), genesis_.partition, genesis_.partitions,
      static_cast<std::uint64_t>(sequence_), &hash, epoch_, time_.time_since_epoch().count(),
      write_clock(builder, inputs_), write_clock(builder, clock_), builder.CreateVector(pending),
      builder.CreateVector(actors), counters_.events, ingress, builder.CreateVector(effects), timers_at));
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

bool partition::restore(bytes_view bytes) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), 64, 1U << 30U);
  if (!verifier.VerifyBuffer<wire::Snapshot>(nullptr)) {
    return false;
  }
  const auto& s = *flatbuffers::GetRoot<wire::Snapshot>(bytes.data());
  const auto fits = [&](std::size_t i) {
    const auto& saved = *s.actors()->Get(static_cast<flatbuffers::uoffset_t>(i));
    const auto& info = service_->actors[i];
    return info.snapshots && saved.name()->string_view() == info.name && saved.shape()->string_view() == info.shape &&
           saved.fold_version() == info.fold_version;
  };
  if (s.service()->string_view() != genesis_.service || s.partition() != genesis_.partition ||
      s.partitions() != genesis_.partitions || s.hash() == nullptr || s.actors()->size() != tables_.size() ||
      !has_present_versions(s, *registry_)) {
    return false;
  }
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    bool good = fits(i);
    if (good) {
      for (const auto* entity : *s.actors()->Get(static_cast<flatbuffers::uoffset_t>(i))->entities()) {
        const std::string_view state(reinterpret_cast<const char*>(entity->state()->data()), entity->state()->size());
        good = good && tables_[i]->load(entity->key()->string_view(), state);
      }
    }
    if (!good) {
      for (auto& table : tables_) {
        table->clear();
      }
      return false;
    }
  }
  sequence_ = frame_sequence{s.sequence()};
  hash_ = {s.hash()->a(), s.hash()->b(), s.hash()->c(), s.hash()->d()};
  epoch_ = s.epoch();
  time_ = timestamp(std::chrono::nanoseconds(s.time()));
  inputs_ = read_clock(*s.inputs());
  clock_ = read_clock(*s.clock());
  if (const auto* timers = s.timers()) {
    for (const auto* t : *timers) {
      recover_timer(read_keyed_timer(*t));
    }
    timers_.close({}, [](const timer&) {});
  }
  if (const auto* pending = s.pending()) {
    for (const auto* p : *pending) {
      auto entry = read_pending(*p, *registry_);
      hold_timer(entry);
      pending_.put(std::move(entry));
    }
  }
  if (const auto* ingress = s.ingress()) {
    ingress_ = {ingress->input()->str(), ingress->offset(), ingress->complete()};
  }
  if (const auto* effects = s.effects()) {
    for (const auto* e : *effects) {
      auto owed = owed_by(read_owed(*e, journal_), folder_of(event_type_id{e->type()}), e->key()->string_view());
      owed->hash = e->hash();
      owed_.recover(std::move(owed));
    }
  }
  counters_.events = s.events();
  return true;
}

} // namespace reel::core
