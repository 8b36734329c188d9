// Saving and loading the saga ledger.
#include "core/saga_ledger.hpp"

#include <reel/ledger_generated.h>

#include <algorithm>

namespace reel::core {
namespace {

std::uint32_t raw(journal_id id) noexcept {
  return static_cast<std::uint32_t>(id);
}

} // namespace

/// Types and journals are stored by id, and sagas by their place in the list.
class saga_ledger::codec {
public:
  explicit codec(const saga_map& map) : map_(&map) {}

  [[nodiscard]] std::uint32_t type_id(type_index type) const {
    return type < map_->unknown_type() ? static_cast<std::uint32_t>(map_->registry().events()[type].id) : 0;
  }
  [[nodiscard]] type_index type(std::uint32_t id) const {
    return static_cast<type_index>(map_->registry().index_of(event_type_id{id}));
  }
  /// Of an optional type: 0 is none.
  [[nodiscard]] type_index type_or_none(std::uint32_t id) const {
    return id == 0 ? map_->no_type() : type(id);
  }

  flatbuffers::Offset<wire::LedgerSaga> write(flatbuffers::FlatBufferBuilder& builder, const saga& s) const {
    std::vector<std::uint32_t> events;
    for (const auto type : s.events)
      events.push_back(type_id(type));
    std::vector<flatbuffers::Offset<wire::LedgerParked>> parked;
    for (const auto& p : s.parked)
      parked.push_back(wire::CreateLedgerParked(
          builder, raw(p.event.journal), static_cast<std::uint64_t>(p.event.sequence), p.event.index, type_id(p.type),
          builder.CreateString(p.actor), builder.CreateString(p.reaction), builder.CreateString(p.key),
          builder.CreateString(p.error), p.attempts, p.dead, raw(p.holder), p.number, p.effect));
    return wire::CreateLedgerSaga(builder, static_cast<std::uint64_t>(s.correlation), builder.CreateString(s.key),
                                  type_id(s.root), s.ended == map_->no_type() ? 0 : type_id(s.ended),
                                  s.started.time_since_epoch().count(), s.last.time_since_epoch().count(), s.failed,
                                  builder.CreateVector(events), builder.CreateVector(parked));
  }

  [[nodiscard]] saga read(const wire::LedgerSaga& stored) const {
    saga s;
    s.correlation = correlation_id{stored.correlation()};
    s.key = stored.key()->str();
    s.root = type(stored.root());
    s.ended = type_or_none(stored.ended());
    s.failed = stored.failed();
    s.started = timestamp{std::chrono::nanoseconds{stored.started()}};
    s.last = timestamp{std::chrono::nanoseconds{stored.last()}};
    for (const auto id : *stored.events())
      s.events.push_back(type(id));
    if (const auto* parked = stored.parked())
      for (const auto* p : *parked)
        s.parked.push_back({{journal_id{p->journal()}, frame_sequence{p->sequence()}, p->event()},
                            type(p->type()),
                            p->actor()->str(),
                            p->reaction()->str(),
                            p->key()->str(),
                            p->error()->str(),
                            p->attempts(),
                            p->dead(),
                            p->effect(),
                            journal_id{p->holder()},
                            p->number()});
    return s;
  }

private:
  const saga_map* map_;
};

/// False when there is a saga of this correlation.
bool saga_ledger::adopt(saga s) {
  if (by_correlation_.contains(s.correlation))
    return false;
  const auto index = open(s.correlation, s.started);
  auto& hot = hot_[index];
  auto& cold = cold_[index];
  hot.last = s.last;
  hot.root = s.root;
  hot.ended = s.ended;
  hot.failed = s.failed;
  hot.is_parked = !s.parked.empty();
  hot.may_end = map_->may_end(s.root);
  hot.count = static_cast<std::uint16_t>(std::min(s.events.size(), hot_part::types_max));
  const auto here = s.events.begin() + hot.count;
  std::copy(s.events.begin(), here, hot.types.begin());
  cold.more_types.assign(here, s.events.end());
  cold.key = std::move(s.key);
  cold.parked = std::move(s.parked);
  for (const auto& p : cold.parked)
    if (p.effect)
      owed_.insert_or_assign(p.event, unhandled_event{index, p.type});
  return true;
}

std::string saga_ledger::save() const {
  flatbuffers::FlatBufferBuilder builder(64 * 1024);
  const codec c(*map_);
  std::vector<std::uint32_t> places(hot_.size());
  std::vector<flatbuffers::Offset<wire::LedgerSaga>> sagas;
  for (saga_index i = 0; i < hot_.size(); ++i) {
    if (hot_[i].used) {
      places[i] = static_cast<std::uint32_t>(sagas.size());
      sagas.push_back(c.write(builder, whole(i)));
    }
  }
  std::vector<wire::LedgerPosition> positions;
  std::vector<wire::LedgerCursor> cursors;
  std::vector<flatbuffers::Offset<wire::LedgerFrame>> frames;
  for (std::size_t j = 0; j < positions_.size(); ++j) {
    const auto id = raw(map_->journals()[j].id);
    positions.emplace_back(static_cast<std::uint64_t>(positions_[j].sequence), positions_[j].hash, id, 0U);
    for (std::size_t source = 0; source < positions_.size(); ++source)
      if (handled(j, source) > 0)
        cursors.emplace_back(handled(j, source), id, raw(map_->journals()[source].id));
    auto sequence = windows_[j].first;
    for (const auto& f : windows_[j].frames) {
      std::vector<std::uint32_t> of;
      std::vector<std::uint32_t> types;
      for (const auto& event : f.events) {
        of.push_back(places[event.of]);
        types.push_back(c.type_id(event.type));
      }
      frames.push_back(
          wire::CreateLedgerFrame(builder, id, sequence++, builder.CreateVector(of), builder.CreateVector(types)));
    }
  }
  std::vector<wire::LedgerCount> ended;
  for (const auto& [type, count] : ended_)
    ended.emplace_back(count, 0U, c.type_id(type));
  std::vector<wire::LedgerCount> drift;
  for (const auto& [edge, count] : drift_)
    drift.emplace_back(count, edge.first == map_->no_type() ? 0U : c.type_id(edge.first), c.type_id(edge.second));
  std::vector<wire::LedgerTimer> timers;
  timers_.for_each([&](std::uint64_t place, const watched_timer& t) {
    timers.emplace_back(place, t.due.time_since_epoch().count(), static_cast<std::uint64_t>(t.correlation), t.deadline,
                        0U);
  });
  builder.Finish(wire::CreateLedger(builder, map_->shape(), builder.CreateVectorOfStructs(positions),
                                    builder.CreateVectorOfStructs(cursors), builder.CreateVector(sagas),
                                    builder.CreateVector(frames), builder.CreateVectorOfStructs(ended),
                                    builder.CreateVectorOfStructs(drift), builder.CreateVectorOfStructs(timers)));
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

bool saga_ledger::load(std::string_view bytes) {
  constexpr flatbuffers::uoffset_t tables_max = 1U << 30U;
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), 64, tables_max);
  if (!verifier.VerifyBuffer<wire::Ledger>(nullptr))
    return false;
  const auto& stored = *flatbuffers::GetRoot<wire::Ledger>(bytes.data());
  if (stored.shape() != map_->shape())
    return false;
  const codec c(*map_);
  saga_ledger loaded(*map_);
  for (const auto* s : *stored.sagas())
    if (!loaded.adopt(c.read(*s)))
      return false;
  for (const auto* p : *stored.positions()) {
    const auto journal = map_->journal(journal_id{p->journal()});
    if (journal == saga_map::nowhere)
      return false;
    loaded.positions_[journal] = {frame_sequence{p->sequence()}, p->hash()};
    loaded.windows_[journal].first = p->sequence() + 1;
  }
  for (const auto* entry : *stored.cursors()) {
    const auto consumer = map_->journal(journal_id{entry->consumer()});
    const auto source = map_->journal(journal_id{entry->source()});
    if (consumer == saga_map::nowhere || source == saga_map::nowhere)
      return false;
    loaded.cursors_[consumer * positions_.size() + source] = entry->handled();
  }
  for (const auto* f : *stored.frames()) {
    const auto journal = map_->journal(journal_id{f->journal()});
    if (journal == saga_map::nowhere || f->sagas()->size() != f->types()->size())
      return false;
    auto& w = loaded.windows_[journal];
    if (w.frames.empty())
      w.first = f->sequence();
    if (f->sequence() != w.first + w.frames.size())
      return false;
    unhandled_frame note;
    for (flatbuffers::uoffset_t i = 0; i < f->sagas()->size(); ++i) {
      const auto of = f->sagas()->Get(i);
      if (of >= loaded.hot_.size())
        return false;
      note.events.push_back({of, c.type(f->types()->Get(i))});
      ++loaded.hot_[of].unhandled;
    }
    w.frames.push_back(std::move(note));
  }
  for (std::size_t j = 0; j < positions_.size(); ++j) // each window ends where the journal was read to
    if (loaded.windows_[j].first + loaded.windows_[j].frames.size() !=
        static_cast<std::uint64_t>(loaded.positions_[j].sequence) + 1)
      return false;
  for (const auto* entry : *stored.ended())
    loaded.ended_[c.type(entry->type())] = entry->count();
  for (const auto* entry : *stored.drift())
    loaded.drift_[{c.type_or_none(entry->cause()), c.type(entry->type())}] = entry->count();
  if (const auto* timers = stored.timers())
    for (const auto* t : *timers)
      loaded.timers_.adopt(
          t->place(), {timestamp{std::chrono::nanoseconds{t->due()}}, correlation_id{t->correlation()}, t->deadline()});
  *this = std::move(loaded);
  return true;
}

} // namespace reel::core
