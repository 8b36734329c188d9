// What the compiler knows of an event type: its schema's attributes, as generated from the .fbs file.
#pragma once

#include <reel/descriptor.hpp>
#include <reel/invariant.hpp>

#include <flatbuffers/flatbuffers.h>

#include <concepts>
#include <span>
#include <string>
#include <type_traits>

namespace reel {

/// Specialised by the generated `<shop/..._events.hpp>` for each table with the attribute `event`.
template <class Event>
struct event_traits {
  static constexpr bool is_event = false;
};

/// Specialised likewise for each table with the attribute `older`: what an event was in an earlier version.
template <class Table>
struct older_traits {
  static constexpr bool is_older = false;
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

/// An event_info as constant data, so that no code is made for it in a user's file.
struct event_constants {
  std::string_view name;
  std::string_view comment;
  std::span<const event_field_comment> field_comments;
  event_type_id id{};
  std::uint16_t version = 1;
  bool failure = false;
  bool terminal = false;
  bool internal = false;
  std::string_view compensates;
  event_type_id compensates_id{};
  std::string_view entity_field;
  std::span<const std::string_view> pii_fields;
  std::span<const std::string_view> optional_fields;
  std::string_view layout;
  bool (*verify)(bytes_view payload) = nullptr;
  void (*key)(const std::byte* payload, key_list& out) = nullptr;
  const flatbuffers::TypeTable* (*reflection)() = nullptr;
};

template <class Event, class Traits = event_traits<Event>>
inline constexpr event_constants constants_of{Traits::name,
                                              Traits::comment,
                                              Traits::field_comments,
                                              Traits::id,
                                              Traits::version,
                                              Traits::failure,
                                              Traits::terminal,
                                              Traits::internal,
                                              Traits::compensates_name,
                                              Traits::compensates_id,
                                              Traits::entity_field,
                                              Traits::pii_fields,
                                              Traits::optional_fields,
                                              Traits::layout,
                                              &verify_event<Event>,
                                              &event_key<Event>,
                                              &Event::MiniReflectTypeTable};

[[nodiscard]] event_info describe_event(const event_constants& constants);

} // namespace detail

/// The runtime's description of an event type.
template <event Event>
[[nodiscard]] event_info info() {
  return detail::describe_event(detail::constants_of<Event>);
}

template <class Event>
const Event* fact::as() const {
  return type != nullptr && type->id == event_traits<Event>::id ? flatbuffers::GetRoot<Event>(payload) : nullptr;
}

} // namespace reel
