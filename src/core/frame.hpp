// Frames: building, sealing, decoding and reading the unit of append.
//
// A stored frame is a 16-byte header (magic, format, flags, raw size, XXH3 of the rest) and a FlatBuffer
// (schemas/reel/frame.fbs), LZ4-compressed when that pays.
#pragma once

#include "core/byte_buffer.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"

#include <reel/descriptor.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace reel::wire { // generated: reel/frame_generated.h
struct Frame;
} // namespace reel::wire

namespace reel::core {

/// Stored bytes of a frame, shared and immutable once sealed.
using shared_bytes = std::shared_ptr<const byte_buffer>;

/// One event in a frame: envelope and payload are views into the frame.
struct event_view {
  event_id id;
  event_id cause; ///< sequence 0 when nothing in a journal caused it
  event_type_id type{};
  correlation_id correlation{};
  std::uint16_t version = 0;
  bool owes = false;  ///< an effect, until a frame settles it
  bytes_view payload; ///< 8-byte aligned
};

namespace detail {

static_assert(std::endian::native == std::endian::little, "stored frames are little endian and are read in place");

/// wire::EventHeader and wire::Cause as they lie in a frame, so that reading an event needs no generated header.
struct stored_event {
  std::uint64_t correlation;
  std::uint32_t type;
  std::uint32_t offset; ///< of the payload, in units of 8 bytes
  std::uint32_t size;
  std::uint16_t cause; ///< index into the frame's causes, or `no_cause`
  std::uint16_t version;
  std::uint32_t cause_event;
  std::uint32_t flags;
};
struct stored_cause {
  std::uint64_t sequence;
  std::uint32_t journal;
  std::uint32_t reserved;
};
inline constexpr std::uint16_t no_cause = 0xffff;
inline constexpr std::uint32_t owes_effect = 1; // in stored_event::flags

/// Copies the struct out of the buffer: no aliasing, and the compiler reads only the fields that are used.
template <class Struct>
[[nodiscard]] Struct read_struct(const std::byte* first, std::size_t index) noexcept {
  Struct out;
  std::memcpy(&out, first + index * sizeof(Struct), sizeof(Struct));
  return out;
}

} // namespace detail

class event_registry;

/// A decoded, structurally verified, immutable frame. Thread-safe.
///
/// "Structurally" means: every offset, index and size inside is in bounds. Whether a payload is a valid FlatBuffer of
/// its type is checked once, where stored bytes enter the process, by decoding them with a registry.
class frame {
public:
  /// Never undefined behaviour, whatever the bytes are. With a registry the payloads of known types are verified, and
  /// events of older versions are upcast: all that anybody sees of them is the present version. Errors: corrupt, newer.
  [[nodiscard]] static expected<std::shared_ptr<const frame>> decode(bytes_view stored,
                                                                     const event_registry* registry = nullptr);

  [[nodiscard]] journal_id journal() const noexcept {
    return journal_;
  }
  [[nodiscard]] frame_sequence sequence() const noexcept {
    return sequence_;
  }
  [[nodiscard]] std::uint64_t epoch() const noexcept;
  [[nodiscard]] timestamp time() const noexcept;
  [[nodiscard]] frame_hash previous() const noexcept;
  /// Of the stored bytes.
  [[nodiscard]] const frame_hash& hash() const noexcept {
    return hash_;
  }
  [[nodiscard]] std::size_t event_count() const noexcept {
    return event_count_;
  }
  /// Precondition: index < event_count().
  [[nodiscard]] event_view event(std::size_t index) const noexcept;
  /// The type alone, for readers that skip most events.
  [[nodiscard]] event_type_id type_of(std::size_t index) const noexcept {
    return event_type_id{detail::read_struct<detail::stored_event>(events_, index).type};
  }
  /// The FlatBuffer, for everything else (inputs, dependencies, pending entries, genesis, ingress). Not for events: it
  /// has those as they are stored.
  [[nodiscard]] const wire::Frame& body() const noexcept {
    return *body_;
  }
  /// Uncompressed and stored size in bytes.
  [[nodiscard]] std::size_t raw_size() const noexcept {
    return raw_.size();
  }
  [[nodiscard]] std::size_t stored_size() const noexcept {
    return stored_size_;
  }

private:
  friend class frame_builder;
  frame() = default;
  void adopt(byte_buffer raw, const frame_hash& hash, std::size_t stored_size);
  [[nodiscard]] expected<void> bring_up_to_date(const event_registry& registry);
  void adopt_events(const std::vector<detail::stored_event>& headers, bytes_view payloads);

  byte_buffer raw_;
  byte_buffer upcast_; // all events and payloads, when some of them are of older versions
  const wire::Frame* body_ = nullptr;
  const std::byte* events_ = nullptr; // these three point into raw_, or into upcast_
  const std::byte* payloads_ = nullptr;
  const std::byte* causes_ = nullptr;
  std::size_t event_count_ = 0;
  journal_id journal_{};
  frame_sequence sequence_{};
  frame_hash hash_{};
  std::size_t stored_size_ = 0;
};

inline event_view frame::event(std::size_t index) const noexcept {
  const auto stored = detail::read_struct<detail::stored_event>(events_, index);
  event_view view;
  view.id = {journal_, sequence_, static_cast<std::uint32_t>(index)};
  if (stored.cause != detail::no_cause) {
    const auto cause = detail::read_struct<detail::stored_cause>(causes_, stored.cause);
    view.cause = {journal_id{cause.journal}, frame_sequence{cause.sequence}, stored.cause_event};
  }
  view.type = event_type_id{stored.type};
  view.correlation = correlation_id{stored.correlation};
  view.version = stored.version;
  view.owes = (stored.flags & detail::owes_effect) != 0;
  view.payload = {payloads_ + std::size_t{stored.offset} * 8, stored.size};
  return view;
}

/// Looks up event types by id. Immutable after construction; thread-safe.
class event_registry {
public:
  /// Throws std::invalid_argument when two events have the same name or the same id.
  explicit event_registry(std::vector<event_info> events);
  /// Null for a type that this program does not know.
  [[nodiscard]] const event_info* find(event_type_id id) const noexcept;
  [[nodiscard]] const event_info* find(std::string_view name) const noexcept;
  [[nodiscard]] std::span<const event_info> events() const noexcept;
  /// Dense index of a known type in events(), for tables; events().size() when unknown.
  [[nodiscard]] std::size_t index_of(event_type_id id) const noexcept;

private:
  std::vector<event_info> events_;
  std::vector<std::uint32_t> slots_; // open addressing by id
  std::uint32_t mask_ = 0;
};

/// Runs the FlatBuffers verifier of each known event's type and version over its payload. Errors: corrupt, newer;
/// naming frame, event and type.
[[nodiscard]] expected<void> verify_payloads(const frame& f, const event_registry& registry);

/// A frame ready to be appended.
struct sealed_frame {
  shared_bytes stored;                  ///< what the log keeps
  std::shared_ptr<const frame> decoded; ///< the same, for readers in this process
};

struct input_range {
  journal_id journal{};
  frame_sequence from{};  ///< last frame handled before (exclusive)
  frame_sequence to{};    ///< last frame handled now (inclusive)
  std::uint64_t hash = 0; ///< short hash of frame `to`
};

struct dependency {
  journal_id journal{};
  frame_sequence sequence{};
  std::uint64_t hash = 0;
};

struct genesis_record {
  std::string cluster;
  std::uint64_t incarnation = 0;
  std::string service;
  std::uint32_t partition = 0;
  std::uint32_t partitions = 1;

  friend bool operator==(const genesis_record&, const genesis_record&) = default;
};

/// "inventory/0": the journal's name.
[[nodiscard]] std::string journal_name(std::string_view service, std::uint32_t partition);

struct pending_entry {
  std::uint64_t number = 0; ///< unique in the journal, growing
  timestamp due{};          ///< when it is tried again; nothing is before all
  event_id event;           ///< the input whose reaction failed, or that waits behind one
  event_type_id type{};
  std::uint16_t version = 0; ///< of the payload's schema
  correlation_id correlation{};
  std::string actor;
  std::string reaction; ///< empty: the event ends the entity
  std::string key;
  std::string error;
  std::uint32_t attempts = 0; ///< that have failed; 0 for an event that only waits behind another
  bool dead = false;          ///< after the last attempt: nobody tries again by itself
  std::uint64_t hash = 0;     ///< of an effect: a part of its idempotency key
  std::vector<std::byte> payload;
};

/// How an event stopped owing its effect.
enum class effect_end : std::uint32_t { answered = 1, given_up, dead };

enum class decision_kind : std::uint8_t { redrive, discard };

/// What a person decided about a dead letter.
struct decision {
  std::uint64_t number = 0;
  decision_kind kind = decision_kind::redrive;
  std::string by;
  std::string reason;
};

struct ended_entity {
  std::uint16_t actor = 0; ///< tag of its name
  std::string key;
  std::uint32_t after = 0; ///< events of the same frame that came before
};

/// A deadline that is armed at the end of a frame, found by one of the frame's events.
struct armed_timer {
  timestamp due{};
  std::uint32_t event = 0;    ///< of this frame; its entity is the timer's
  std::uint32_t deadline = 0; ///< deadline_tag()
};

/// One that has no such event.
struct keyed_timer {
  std::uint32_t deadline = 0;
  timestamp due{};
  correlation_id correlation{};
  event_id cause;
  std::string key;
};

struct stopped_timer {
  std::uint32_t deadline = 0;
  correlation_id correlation{};
  std::string key;
};

struct ingress_mark {
  std::string input;
  std::uint64_t offset = 0;
  bool complete = false;
};

/// Collects the content of the next frame, and seals it. Reused from frame to frame: clear() keeps the memory. Not
/// thread-safe.
///
/// The caller seals long before the limits: 16 MiB in all, and 65,535 different causing frames. Beyond them add_event()
/// and seal() throw std::length_error.
class frame_builder {
public:
  void set_genesis(const genesis_record& genesis);
  void set_owned(std::string_view owner);
  void add_input(const input_range& input);
  void add_dependency(const dependency& dependency);
  /// Appends an event; `payload` is copied. Cause with sequence 0: a root event.
  void add_event(event_type_id type, std::uint16_t version, correlation_id correlation, const event_id& cause,
                 bytes_view payload, bool owes = false);
  /// An event of this journal does not owe its effect any more.
  void settle_effect(const event_id& event, effect_end how);
  void add_pending(const pending_entry& entry);
  void settle_pending(std::uint64_t number);
  void add_decision(decision made);
  void add_ended(ended_entity entity);
  void add_timer(const armed_timer& timer);
  void add_timer(keyed_timer timer);
  void add_stopped(stopped_timer timer);
  void set_ingress(const ingress_mark& mark);

  [[nodiscard]] std::size_t event_count() const noexcept;
  /// Estimate of the raw size so far, in bytes.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept;

  /// Builds, compresses (when it saves at least an eighth) and hashes. Clears the builder.
  [[nodiscard]] sealed_frame seal(journal_id journal, frame_sequence sequence, std::uint64_t epoch,
                                  const frame_hash& previous, timestamp time, bool compress = true);
  void clear();

  frame_builder();
  ~frame_builder();
  frame_builder(frame_builder&&) noexcept;
  frame_builder& operator=(frame_builder&&) noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace reel::core
