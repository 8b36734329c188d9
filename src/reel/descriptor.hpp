// Plain descriptions of a choreography: what the user's types are turned into, and all that the runtime knows of them.
//
// Templates end here. A service's translation unit exports these values; core, runtime and commands read them and never
// see the user's types.
#pragma once

#include <reel/effect_policy.hpp>
#include <reel/ids.hpp>
#include <reel/retry.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

namespace flatbuffers {
struct TypeTable;
}

namespace reel {

class context;
class effect_context;
class outbox;
namespace detail {
class effect_channel;
}

using bytes_view = std::span<const std::byte>;

/// Collects the entity keys that an event concerns. Views handed to `view` must live as long as the event.
class key_list {
public:
  void view(std::string_view key) {
    keys_.push_back(key);
  }
  /// For keys that exist only while they are computed (integers, concatenations).
  void copy(std::string key) {
    keys_.push_back(owned_.emplace_back(std::move(key)));
  }
  /// An event that names an entity twice concerns it once.
  void drop_repeated();
  void clear() noexcept {
    keys_.clear();
    owned_.clear();
  }
  [[nodiscard]] std::span<const std::string_view> keys() const noexcept {
    return keys_;
  }

private:
  std::vector<std::string_view> keys_;
  std::deque<std::string> owned_; // a deque keeps the views into it valid
};

/// What a schema says of a field, for people.
struct event_field_comment {
  std::string_view field;
  std::string_view text;
};

/// Turns one version of an event into a later one, see upcast.hpp.
struct upcast_info {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  /// FlatBuffers verification of a payload of version `from`.
  bool (*verify)(bytes_view payload) = nullptr;
  /// Replaces `out` by the payload of version `to`. The payload must have been verified. May throw.
  void (*run)(const std::byte* payload, std::vector<std::byte>& out) = nullptr;
};

/// One event type, from its schema.
struct event_info {
  std::string_view name;    ///< fully qualified: "shop.inventory.StockReserved"
  std::string_view comment; ///< the schema's comment (///) above it; paragraphs end with line breaks
  std::vector<event_field_comment> field_comments;
  event_type_id id{};
  std::uint16_t version = 1;      ///< attribute `version`: of what this program publishes
  bool failure = false;           ///< attribute `failure`: starts the undoing
  bool terminal = false;          ///< attribute `terminal`: ends a flow; nobody has to react
  bool internal = false;          ///< attribute `internal`: only the entity that published it folds it
  std::string_view compensates;   ///< name of the event that this one undoes, or empty
  event_type_id compensates_id{}; ///< 0 when it undoes nothing
  std::string_view entity_field;  ///< the field with attribute `entity`: the key of the publishing entity
  std::vector<std::string_view> pii_fields;
  /// Strings, vectors and tables that are not (required), so that they may be absent; "lines.note" for a field of a
  /// nested table.
  std::vector<std::string_view> optional_fields;
  /// The fields, and all tables, structs and enums that they lead to, one a line: "sku:string required entity".
  std::string_view layout;
  std::vector<upcast_info> upcasts; ///< from older versions, in any order
  /// FlatBuffers verification of a payload. Safe on hostile bytes that are 8-byte aligned.
  bool (*verify)(bytes_view payload) = nullptr;
  /// Appends the value of the entity field. The payload must have been verified.
  void (*key)(const std::byte* payload, key_list& out) = nullptr;
  /// For printing.
  const flatbuffers::TypeTable* (*reflection)() = nullptr;
};

/// How many of the declared outputs one run of a reaction publishes.
enum class arity { one_of, maybe, all, many };

/// Indices into `outbox` of the events that a reaction returned, in the order of publication.
using published = std::vector<std::uint32_t>;

/// The part of an `effect<>` that other reactions do not have: see effect.hpp.
struct effect_info {
  /// Begins an attempt. The result keeps it going until the channel has taken its end; it may be null. May throw.
  std::shared_ptr<void> (*start)(const std::byte* event, const effect_context& ctx,
                                 std::shared_ptr<detail::effect_channel> channel) = nullptr;
  /// Decides what follows from the answer, which is of the call's type. May throw.
  void (*conclude)(const void* entity, const std::byte* event, const void* answer, const context& ctx,
                   published& out) = nullptr;
  /// Decides what follows when it is given up: takes an effect_failure. Null: it becomes a dead letter. May throw.
  void (*give_up)(const void* entity, const std::byte* event, const void* failure, const context& ctx,
                  published& out) = nullptr;
  std::optional<effect_policy> policy; ///< when not the service's
};

/// One `react<>`, `undo<>` or `effect<>` of an actor's flow.
struct reaction_info {
  std::string_view name; ///< the member function: "reserve"
  event_type_id input{};
  arity outputs_arity = arity::maybe;
  std::vector<event_type_id> outputs;
  event_type_id undoes{};              ///< the step that this reaction undoes, or 0
  bool fans_out = false;               ///< `keys` may name several entities, or none
  std::optional<retry_policy> retries; ///< when not the service's
  /// Appends the keys of the entities that the event concerns; the reaction runs once for each.
  void (*keys)(const std::byte* event, key_list& out) = nullptr;
  /// Decides. `entity` is the state (a fresh one when the entity is not known yet). May throw. Null for an effect.
  void (*run)(const void* entity, const std::byte* event, const context& ctx, published& out) = nullptr;
  /// Set when this is an effect: `input` is one of the actor's own events, and what is published follows from a call.
  std::optional<effect_info> effect;
};

/// One `apply` of an actor: evolves the state by one of its own events.
struct fold_info {
  event_type_id event{};
  void (*apply)(void* entity, const std::byte* event) = nullptr;
};

/// One `deadline<>` of an actor's flow: the entity publishes `event` some time after `after`, unless one of `unless`
/// came meanwhile.
struct deadline_info {
  event_type_id event{};
  event_type_id after{};
  std::vector<event_type_id> unless;
  std::chrono::nanoseconds time{}; ///< from `after` on; not with ask_time
  std::string_view time_name;      ///< the member function that says the time, or empty
  bool is_moment = false;          ///< ask_time returns the moment since 1970, not the time from `after` on
  std::string_view builder;        ///< the member function that builds the event; empty: the key is all it needs
  /// How long, for this entity. `entity` is its state before `after_event`. May throw.
  std::chrono::nanoseconds (*ask_time)(const void* entity, const std::byte* after_event, const context& ctx) = nullptr;
  /// Which entities a foreign event concerns; null for the actor's own events. Those of `unless` are parallel to it.
  void (*after_keys)(const std::byte* event, key_list& out) = nullptr;
  std::vector<void (*)(const std::byte* event, key_list& out)> unless_keys;
  /// Publishes the event. May throw.
  void (*publish)(const void* entity, const context& ctx, published& out) = nullptr;
};

/// "15 min", "1 h 30 min", "250 ms": the two largest units.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds time);
/// How long a deadline waits: "15 min", or the member function that says it.
[[nodiscard]] std::string waiting_text(const deadline_info& deadline);

/// All entities of one actor type in one partition. Not thread-safe: owned by the partition.
class entity_table {
public:
  virtual ~entity_table() = default;
  /// The entity's state, or a fresh one. Valid until the next non-const call.
  [[nodiscard]] virtual const void* find(std::string_view key) const = 0;
  [[nodiscard]] virtual bool contains(std::string_view key) const = 0;
  /// The entity's state for folding; created when missing.
  [[nodiscard]] virtual void* touch(std::string_view key) = 0;
  virtual void erase(std::string_view key) = 0;
  virtual void clear() = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Visits all entities in an unspecified order.
  virtual void for_each(const std::function<void(std::string_view key, const void* entity)>& visit) const = 0;
  /// Appends the snapshot encoding of one entity's state. Only when actor_info::snapshots.
  virtual void save(const void* entity, std::string& out) const = 0;
  /// Restores one entity. False when the bytes do not decode.
  [[nodiscard]] virtual bool load(std::string_view key, std::string_view bytes) = 0;
  /// The state as JSON.
  [[nodiscard]] virtual std::string describe(const void* entity) const = 0;
};

/// One user-written actor type.
struct actor_info {
  std::string_view name; ///< "Stock"
  std::vector<reaction_info> reactions;
  std::vector<fold_info> folds;
  std::vector<deadline_info> deadlines;
  /// Events after which the entity is forgotten (`until<>`): its own ones after the fold, others when they arrive.
  std::vector<event_type_id> ends;
  /// For foreign events in `ends`: which entities end. Parallel to `ends`; null for the actor's own events.
  std::vector<void (*)(const std::byte* event, key_list& out)> end_keys;
  bool snapshots = false;         ///< the state can be saved and loaded
  std::uint32_t fold_version = 0; ///< `static constexpr fold_version`: snapshots of another version are ignored
  std::string shape;              ///< the state's types, e.g. "{u32,map<str,u32>}": guards snapshots as well
  std::unique_ptr<entity_table> (*make_table)() = nullptr;
};

/// Something that a reaction may use besides state and event, set once when the program is assembled: a gateway,
/// limits.
struct provided {
  std::type_index type;
  std::shared_ptr<const void> value;
};

/// A finding of the check that is known and meant. The check still shows it, with the reason.
struct acceptance {
  std::string code;  ///< of the finding: "undo-missing"
  std::string where; ///< where the finding is, as the check prints it
  std::string reason;
};

/// A service: actors that share partitions and journals.
struct service_info {
  std::string name;
  std::vector<actor_info> actors;
  std::vector<provided> provides;
  std::vector<acceptance> accepted;
  retry_policy retries;
  effect_policy effects;
};

/// A journal that only ingress writes.
struct source_info {
  std::string name;
  std::vector<event_type_id> publishes;
};

class projection; // projection.hpp
class invariant;  // invariant.hpp

/// A flow from its beginning to its end, as reports and commands speak of it. A choreography that does not say gets
/// "flow", and no report of how flows ended.
struct flow_info {
  std::string name = "flow";    ///< "order"
  std::string plural = "flows"; ///< "orders"
  event_type_id begins{};       ///< OrderCreated; 0 when not said
  event_type_id completes{};    ///< OrderCompleted
  event_type_id cancels{};      ///< OrderCancelled: what was done of it has been undone
};

/// A whole program: what `reel::main` runs, draws and checks.
struct choreography_info {
  std::string name;
  flow_info flow;
  std::vector<event_info> events; ///< every event type that any signature or source names, by name
  std::vector<service_info> services;
  std::vector<source_info> sources;
  std::vector<std::function<std::unique_ptr<projection>()>> projections;
  std::vector<std::function<std::unique_ptr<invariant>()>> invariants;
  std::vector<acceptance> accepted; ///< for findings that belong to no service in particular
};

} // namespace reel

// Instantiated once, in descriptor.cpp: a user's file need not.
extern template class std::vector<reel::event_info>;
extern template class std::vector<reel::reaction_info>;
extern template class std::vector<reel::fold_info>;
extern template class std::vector<reel::deadline_info>;
extern template class std::vector<reel::actor_info>;
extern template class std::vector<reel::acceptance>;
