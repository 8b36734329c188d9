// What the compiler knows of an event type: its schema's attributes, as generated from the .fbs file.
#pragma once

#include <reel/descriptor.hpp>
#include <reel/invariant.hpp>

#include <flatbuffers/flatbuffers.h>

#include <concepts>
#include <string>
#include <type_traits>

namespace reel {

/// Specialised by the generated `<shop/..._events.hpp>` for each table with the attribute `event`.
template <class Event>
struct event_traits {
  static constexpr bool is_event = false;
};

/// A FlatBuffers table with the attribute `event`.
template <class Event>
concept event = event_traits<Event>::is_event;

namespace detail {

inline void add_key(key_list& out, std::string_view key) {
  out.view(key);
}
template <std::integral Integer>
void add_key(key_list& out, Integer key) {
  out.copy(std::to_string(key));
}

template <class Event>
void event_key(const std::byte* payload, key_list& out) {
  add_key(out, event_traits<Event>::key(*flatbuffers::GetRoot<Event>(payload)));
}

template <class Event>
bool verify_event(bytes_view payload) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size());
  return verifier.VerifyBuffer<Event>(nullptr);
}

} // namespace detail

/// The runtime's description of an event type.
template <event Event>
[[nodiscard]] event_info info() {
  using traits = event_traits<Event>;
  event_info result;
  result.name = traits::name;
  result.comment = traits::comment;
  result.field_comments.assign(traits::field_comments.begin(), traits::field_comments.end());
  result.id = traits::id;
  result.version = traits::version;
  result.failure = traits::failure;
  result.terminal = traits::terminal;
  result.internal = traits::internal;
  result.compensates = traits::compensates_name;
  result.compensates_id = traits::compensates_id;
  result.entity_field = traits::entity_field;
  result.pii_fields.assign(traits::pii_fields.begin(), traits::pii_fields.end());
  result.optional_fields.assign(traits::optional_fields.begin(), traits::optional_fields.end());
  result.layout = traits::layout;
  result.verify = &detail::verify_event<Event>;
  result.key = &detail::event_key<Event>;
  result.reflection = &Event::MiniReflectTypeTable;
  return result;
}

template <class Event>
const Event* fact::as() const {
  return type != nullptr && type->id == event_traits<Event>::id ? flatbuffers::GetRoot<Event>(payload) : nullptr;
}

} // namespace reel
