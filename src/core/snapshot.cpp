#include "core/partition.hpp"
#include "core/pending.hpp"

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
  return pending == nullptr || std::all_of(pending->begin(), pending->end(), [&](const wire::PendingEntry* held) {
           const auto* type = registry.find(event_type_id{held->type()});
           return type == nullptr || held->version() == type->version;
         });
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
  std::vector<flatbuffers::Offset<wire::Ingress>> inputs_read;
  for (const auto& mark : inputs_read_) {
    inputs_read.push_back(wire::CreateIngress(builder, builder.CreateString(mark.input), mark.offset, mark.complete));
  }
  const auto newest = inputs_read.empty() ? flatbuffers::Offset<wire::Ingress>{} : inputs_read.back();
  const wire::Hash hash(hash_[0], hash_[1], hash_[2], hash_[3]);
  builder.Finish(
      wire::CreateSnapshot(builder, builder.CreateString(genesis_.service), genesis_.partition, genesis_.partitions,
                           static_cast<std::uint64_t>(sequence_), &hash, epoch_, time_.time_since_epoch().count(),
                           write_clock(builder, inputs_), write_clock(builder, clock_), builder.CreateVector(pending),
                           builder.CreateVector(actors), counters_.events, newest, builder.CreateVector(inputs_read)));
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
  if (const auto* pending = s.pending()) {
    for (const auto* entry : *pending) {
      pending_.put(read_pending(*entry, *registry_));
    }
  }
  const auto note = [this](const wire::Ingress& mark) {
    note_ingress({mark.input()->str(), mark.offset(), mark.complete()});
  };
  if (s.inputs_read() != nullptr) {
    std::for_each(s.inputs_read()->begin(), s.inputs_read()->end(), [&](const auto* mark) { note(*mark); });
  } else if (s.ingress() != nullptr) { // written when a journal had one input
    note(*s.ingress());
  }
  counters_.events = s.events();
  return true;
}

} // namespace reel::core
