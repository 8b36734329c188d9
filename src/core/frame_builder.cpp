#include "core/frame.hpp"
#include "core/pending.hpp"
#include "core/stored_header.hpp"
#include "core/timers_written.hpp"

#include <lz4.h>
#include <reel/frame_generated.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace reel::core {

namespace {

using detail::no_cause;

constexpr std::size_t causes_max = no_cause; // indices 0 to 0xfffe

/// Which cause has which index. Open addressing; grows with the causes and keeps its memory from frame to frame.
class cause_table {
public:
  /// The cause's index, appending it to `causes` when it is new.
  std::uint16_t index_of(std::uint64_t sequence, std::uint32_t journal, std::vector<wire::Cause>& causes) {
    if (slots_.size() < (causes.size() + 1) * 2) {
      grow(causes);
    }
    auto slot = home(sequence, journal);
    for (; slots_[slot] != no_cause; slot = (slot + 1) & (slots_.size() - 1)) {
      const auto& cause = causes[slots_[slot]];
      if (cause.sequence() == sequence && cause.journal() == journal) {
        return slots_[slot];
      }
    }
    if (causes.size() >= causes_max) {
      throw std::length_error("a frame has more than " + std::to_string(causes_max) + " causing frames");
    }
    slots_[slot] = static_cast<std::uint16_t>(causes.size());
    causes.emplace_back(sequence, journal, 0U);
    return slots_[slot];
  }
  void clear() {
    std::fill(slots_.begin(), slots_.end(), no_cause);
  }

private:
  [[nodiscard]] std::size_t home(std::uint64_t sequence, std::uint32_t journal) const noexcept {
    const auto mixed = (sequence ^ (std::uint64_t{journal} << 32U)) * 0x9e3779b97f4a7c15ULL;
    return static_cast<std::size_t>(mixed >> 32U) & (slots_.size() - 1);
  }
  void grow(const std::vector<wire::Cause>& causes) {
    slots_.assign(std::max(slots_.size() * 2, slots_min), no_cause);
    for (std::size_t i = 0; i < causes.size(); ++i) {
      auto slot = home(causes[i].sequence(), causes[i].journal());
      while (slots_[slot] != no_cause) {
        slot = (slot + 1) & (slots_.size() - 1);
      }
      slots_[slot] = static_cast<std::uint16_t>(i);
    }
  }

  static constexpr std::size_t slots_min = 64;
  std::vector<std::uint16_t> slots_;
};

/// Bytes that grow without being cleared first.
class growing_bytes {
public:
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }
  [[nodiscard]] const std::uint8_t* data() const noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes_.data());
  }
  void clear() noexcept {
    size_ = 0;
  }
  /// Appends the bytes and zeros up to a multiple of 8.
  void append_padded(bytes_view bytes) {
    const auto padded = (bytes.size() + 7) & ~std::size_t{7};
    if (padded == 0) {
      return;
    }
    if (size_ + padded > bytes_.size()) {
      byte_buffer larger(std::max(bytes_.size() * 2, size_ + padded + start_bytes));
      if (size_ != 0) {
        std::memcpy(larger.data(), bytes_.data(), size_);
      }
      bytes_ = std::move(larger);
    }
    std::memset(bytes_.data() + size_ + padded - 8, 0, 8);
    std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    size_ += padded;
  }

private:
  static constexpr std::size_t start_bytes = 4096;
  byte_buffer bytes_;
  std::size_t size_ = 0;
};

} // namespace

struct frame_builder::state {
  std::vector<wire::EventHeader> events;
  growing_bytes payloads;
  std::vector<wire::Cause> causes;
  cause_table cause_indices;
  std::vector<wire::Input> inputs;
  std::vector<wire::Dependency> dependencies;
  std::vector<pending_entry> pending;
  std::vector<std::uint64_t> settled;
  std::vector<wire::EffectSettled> effects;
  std::vector<decision> decisions;
  std::vector<ended_entity> ended;
  std::vector<wire::Timer> timers;
  std::vector<keyed_timer> keyed_timers;
  std::vector<stopped_timer> stopped_timers;
  std::optional<ingress_mark> ingress;
  std::optional<genesis_record> genesis;
  std::optional<std::string> owner;
  flatbuffers::FlatBufferBuilder builder{64 * 1024};
  std::vector<char> compressed;

  std::uint16_t cause_index(const event_id& cause);
  flatbuffers::Offset<wire::Frame> write(journal_id journal, frame_sequence sequence, std::uint64_t epoch,
                                         const frame_hash& previous, timestamp time);
  byte_buffer store(bool compress);
};

frame_builder::frame_builder() : state_(std::make_unique<state>()) {}
frame_builder::~frame_builder() = default;
frame_builder::frame_builder(frame_builder&&) noexcept = default;
frame_builder& frame_builder::operator=(frame_builder&&) noexcept = default;

// -- content ----------------------------------------------------------------------------------------------------------

void frame_builder::set_genesis(const genesis_record& genesis) {
  state_->genesis = genesis;
}

void frame_builder::set_owned(std::string_view owner) {
  state_->owner = std::string(owner);
}

void frame_builder::add_input(const input_range& input) {
  state_->inputs.emplace_back(static_cast<std::uint64_t>(input.from), static_cast<std::uint64_t>(input.to), input.hash,
                              static_cast<std::uint32_t>(input.journal), 0U);
}

void frame_builder::add_dependency(const dependency& d) {
  state_->dependencies.emplace_back(static_cast<std::uint64_t>(d.sequence), d.hash,
                                    static_cast<std::uint32_t>(d.journal), 0U);
}

std::uint16_t frame_builder::state::cause_index(const event_id& cause) {
  if (!exists(cause)) {
    return no_cause;
  }
  const auto sequence = static_cast<std::uint64_t>(cause.sequence);
  const auto journal = static_cast<std::uint32_t>(cause.journal);
  // Events come in runs with the same causing frame.
  if (!causes.empty() && causes.back().sequence() == sequence && causes.back().journal() == journal) {
    return static_cast<std::uint16_t>(causes.size() - 1);
  }
  return cause_indices.index_of(sequence, journal, causes);
}

void frame_builder::add_event(event_type_id type, std::uint16_t version, correlation_id correlation,
                              const event_id& cause, bytes_view payload, bool owes) {
  auto& s = *state_;
  const auto index = s.cause_index(cause);
  const auto offset = s.payloads.size();
  s.payloads.append_padded(payload);
  s.events.emplace_back(static_cast<std::uint64_t>(correlation), static_cast<std::uint32_t>(type),
                        static_cast<std::uint32_t>(offset / 8), static_cast<std::uint32_t>(payload.size()), index,
                        version, cause.index, owes ? detail::owes_effect : 0U);
}

void frame_builder::settle_effect(const event_id& event, effect_end how) {
  state_->effects.emplace_back(static_cast<std::uint64_t>(event.sequence), event.index,
                               static_cast<std::uint32_t>(how));
}

void frame_builder::add_pending(const pending_entry& entry) {
  state_->pending.push_back(entry);
}

void frame_builder::settle_pending(std::uint64_t number) {
  state_->settled.push_back(number);
}

void frame_builder::add_decision(decision made) {
  state_->decisions.push_back(std::move(made));
}

void frame_builder::add_ended(ended_entity entity) {
  state_->ended.push_back(std::move(entity));
}

void frame_builder::add_timer(const armed_timer& timer) {
  state_->timers.emplace_back(timer.due.time_since_epoch().count(), timer.event, timer.deadline);
}

void frame_builder::add_timer(keyed_timer timer) {
  state_->keyed_timers.push_back(std::move(timer));
}

void frame_builder::add_stopped(stopped_timer timer) {
  state_->stopped_timers.push_back(std::move(timer));
}

void frame_builder::set_ingress(const ingress_mark& mark) {
  state_->ingress = mark;
}

std::size_t frame_builder::event_count() const noexcept {
  return state_->events.size();
}

std::size_t frame_builder::size() const noexcept {
  const auto& s = *state_;
  return s.payloads.size() + s.events.size() * sizeof(wire::EventHeader) + s.ended.size() * 32 +
         s.pending.size() * 512 + s.effects.size() * sizeof(wire::EffectSettled) +
         s.timers.size() * sizeof(wire::Timer) + s.keyed_timers.size() * 96 + s.stopped_timers.size() * 64;
}

bool frame_builder::empty() const noexcept {
  const auto& s = *state_;
  return s.events.empty() && s.pending.empty() && s.settled.empty() && s.effects.empty() && s.ended.empty() &&
         s.timers.empty() && s.keyed_timers.empty() && s.stopped_timers.empty() && !s.ingress && !s.genesis && !s.owner;
}

void frame_builder::clear() {
  auto& s = *state_;
  s.events.clear();
  s.payloads.clear();
  if (!s.causes.empty()) {
    s.causes.clear();
    s.cause_indices.clear();
  }
  s.inputs.clear();
  s.dependencies.clear();
  s.pending.clear();
  s.settled.clear();
  s.effects.clear();
  s.decisions.clear();
  s.ended.clear();
  s.timers.clear();
  s.keyed_timers.clear();
  s.stopped_timers.clear();
  s.ingress.reset();
  s.genesis.reset();
  s.owner.reset();
  s.builder.Clear();
}

// -- sealing ----------------------------------------------------------------------------------------------------------

flatbuffers::Offset<wire::Frame> frame_builder::state::write(journal_id journal, frame_sequence sequence,
                                                             std::uint64_t epoch, const frame_hash& previous,
                                                             timestamp time) {
  const wire::Hash hash(previous[0], previous[1], previous[2], previous[3]);
  flatbuffers::Offset<wire::Genesis> genesis_at;
  if (genesis) {
    const auto cluster = builder.CreateString(genesis->cluster);
    const auto service = builder.CreateString(genesis->service);
    genesis_at =
        wire::CreateGenesis(builder, cluster, genesis->incarnation, service, genesis->partition, genesis->partitions,
                            builder.CreateString("xxh3-64"), builder.CreateString("sha-256"), 1);
  }
  std::vector<flatbuffers::Offset<wire::PendingEntry>> pending_at;
  for (const auto& entry : pending) {
    pending_at.push_back(write_pending(builder, entry));
  }
  std::vector<flatbuffers::Offset<wire::EntityEnded>> ended_at;
  ended_at.reserve(ended.size());
  for (const auto& e : ended) {
    ended_at.push_back(wire::CreateEntityEnded(builder, e.actor, builder.CreateString(e.key), e.after));
  }
  flatbuffers::Offset<wire::Ingress> ingress_at;
  if (ingress) {
    ingress_at = wire::CreateIngress(builder, builder.CreateString(ingress->input), ingress->offset, ingress->complete);
  }
  builder.ForceVectorAlignment(payloads.size(), 1, 8);
  const auto payloads_at = payloads.size() == 0 ? 0 : builder.CreateVector(payloads.data(), payloads.size());
  const auto events_at = events.empty() ? 0 : builder.CreateVectorOfStructs(events);
  const auto causes_at = causes.empty() ? 0 : builder.CreateVectorOfStructs(causes);
  const auto inputs_at = inputs.empty() ? 0 : builder.CreateVectorOfStructs(inputs);
  const auto dependencies_at = dependencies.empty() ? 0 : builder.CreateVectorOfStructs(dependencies);
  const auto pending_list = pending_at.empty() ? 0 : builder.CreateVector(pending_at);
  const auto settled_list = settled.empty() ? 0 : builder.CreateVector(settled);
  const auto effects_list = effects.empty() ? 0 : builder.CreateVectorOfStructs(effects);
  const auto ended_list = ended_at.empty() ? 0 : builder.CreateVector(ended_at);
  std::vector<flatbuffers::Offset<wire::Decision>> decisions_at;
  for (const auto& d : decisions) {
    const auto by = builder.CreateString(d.by);
    decisions_at.push_back(wire::CreateDecision(builder, d.number, static_cast<wire::DecisionKind>(d.kind), by,
                                                builder.CreateString(d.reason)));
  }
  const auto timer_list = timers.empty() ? 0 : builder.CreateVectorOfStructs(timers);
  const auto keyed_list = write_keyed_timers(builder, keyed_timers);
  const auto stopped_list = write_stopped_timers(builder, stopped_timers);
  const auto decision_list = decisions_at.empty() ? 0 : builder.CreateVector(decisions_at);
  const auto owner_at = owner ? builder.CreateString(*owner) : 0;

  wire::FrameBuilder out(builder);
  out.add_time(time.time_since_epoch().count());
  out.add_epoch(epoch);
  out.add_sequence(static_cast<std::uint64_t>(sequence));
  out.add_previous(&hash);
  out.add_journal(static_cast<std::uint32_t>(journal));
  out.add_genesis(genesis_at);
  out.add_owned(owner.has_value());
  out.add_owner(owner_at);
  out.add_inputs(inputs_at);
  out.add_dependencies(dependencies_at);
  out.add_causes(causes_at);
  out.add_events(events_at);
  out.add_payloads(payloads_at);
  out.add_pending_added(pending_list);
  out.add_pending_settled(settled_list);
  out.add_ended(ended_list);
  out.add_ingress(ingress_at);
  out.add_decisions(decision_list);
  out.add_effects_settled(effects_list);
  out.add_timers(timer_list);
  out.add_timers_keyed(keyed_list);
  out.add_timers_stopped(stopped_list);
  return out.Finish();
}

byte_buffer frame_builder::state::store(bool compress) {
  const bytes_view raw(reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize());
  stored_header header;
  header.raw_size = static_cast<std::uint32_t>(raw.size());
  bytes_view body = raw;
  if (compress && raw.size() >= compress_bytes_min) {
    compressed.resize(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
    const int size = LZ4_compress_default(reinterpret_cast<const char*>(raw.data()), compressed.data(),
                                          static_cast<int>(raw.size()), static_cast<int>(compressed.size()));
    if (size > 0 && static_cast<std::size_t>(size) <= raw.size() - raw.size() / 8) {
      header.flags = stored_header::lz4;
      body = {reinterpret_cast<const std::byte*>(compressed.data()), static_cast<std::size_t>(size)};
    }
  }
  header.checksum = header.checksum_of(body);
  byte_buffer stored(sizeof(header) + body.size());
  std::memcpy(stored.data(), &header, sizeof(header));
  std::memcpy(stored.data() + sizeof(header), body.data(), body.size());
  return stored;
}

sealed_frame frame_builder::seal(journal_id journal, frame_sequence sequence, std::uint64_t epoch,
                                 const frame_hash& previous, timestamp time, bool compress) {
  auto& s = *state_;
  s.builder.Clear();
  s.builder.Finish(s.write(journal, sequence, epoch, previous, time));
  if (s.builder.GetSize() > frame_raw_bytes_max) {
    throw std::length_error("a frame of " + std::to_string(s.builder.GetSize()) + " bytes, at most " +
                            std::to_string(frame_raw_bytes_max) + " fit");
  }
  auto stored = std::make_shared<const byte_buffer>(s.store(compress));
  std::shared_ptr<frame> decoded(new frame());
  decoded->adopt(
      byte_buffer(bytes_view(reinterpret_cast<const std::byte*>(s.builder.GetBufferPointer()), s.builder.GetSize())),
      sha256(stored->view()), stored->size());
  clear();
  return {std::move(stored), std::move(decoded)};
}

} // namespace reel::core
