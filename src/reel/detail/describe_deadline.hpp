// What a deadline's parts mean: how long it waits, and the event that it publishes.
#pragma once

#include <reel/context.hpp>
#include <reel/deadline.hpp>
#include <reel/flow.hpp>

#include <charconv>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace reel::detail {

// -- how long ---------------------------------------------------------------------------------------------------------

template <class How>
inline constexpr bool is_constant_time = std::is_same_v<std::remove_const_t<How>, constant_time>;

template <class T>
inline constexpr bool is_duration = false;
template <class Count, class Unit>
inline constexpr bool is_duration<std::chrono::duration<Count, Unit>> = true;

template <class T>
inline constexpr bool is_moment = false;
template <class Duration>
inline constexpr bool is_moment<std::chrono::time_point<std::chrono::system_clock, Duration>> = true;

/// Whether `How` is a member function of the actor that says for this event how long.
template <class Actor, class Event, class How>
constexpr bool says_how_long() {
  using s = signature<std::remove_const_t<How>>;
  if constexpr (s::valid) {
    return s::is_const && std::is_same_v<typename s::actor, Actor> && std::is_same_v<typename s::event, Event> &&
           (is_duration<typename s::out> || is_moment<typename s::out>);
  } else {
    return false;
  }
}

template <class Actor, auto Function>
std::chrono::nanoseconds ask_time(const void* entity, const std::byte* payload, const context& ctx) {
  using s = signature<std::remove_const_t<decltype(Function)>>;
  const auto& actor = *static_cast<const Actor*>(entity);
  const auto& e = *flatbuffers::GetRoot<typename s::event>(payload);
  const auto answer = [&] {
    if constexpr (s::with_context) {
      return (actor.*Function)(e, ctx);
    } else {
      return (actor.*Function)(e);
    }
  }();
  if constexpr (is_moment<std::remove_const_t<decltype(answer)>>) {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(answer).time_since_epoch();
  } else {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(answer);
  }
}

/// Fills in how long the deadline waits, or says what is wrong with it.
template <class Actor, class Event, waiting_time Time>
void describe_time(deadline_info& d) {
  using how = std::remove_const_t<decltype(Time.how)>;
  if constexpr (is_constant_time<how>) {
    static_assert(Time.how.nanoseconds > 0, "reel: a deadline passes some time after its event, not before it");
    d.time = std::chrono::nanoseconds(Time.how.nanoseconds);
  } else {
    constexpr bool fits = says_how_long<Actor, Event, how>();
    static_assert(fits, "reel: after<> takes a duration such as 15min, or a member function of the actor that says how "
                        "long: `std::chrono::seconds fn(const Event&, const reel::context&) const` for the event of "
                        "this after<>; it may also return the moment itself, a reel::timestamp");
    if constexpr (fits) {
      constexpr auto function = Time.how;
      d.time_name = function_name<function>();
      d.is_moment = is_moment<typename signature<how>::out>;
      d.ask_time = &ask_time<Actor, function>;
    }
  }
}

// -- the event --------------------------------------------------------------------------------------------------------

template <class Event, std::size_t Index = 0>
constexpr std::size_t key_index() {
  if constexpr (std::string_view(Event::Traits::field_names[Index]) == event_traits<Event>::entity_field) {
    return Index;
  } else {
    return key_index<Event, Index + 1>();
  }
}

/// True when the schema lets every field but the key be absent.
template <class Event, std::size_t Index = 0>
constexpr bool is_key_enough() {
  if constexpr (Index == Event::Traits::fields_number) {
    return true;
  } else {
    using field = typename Event::Traits::template FieldType<Index>;
    bool may_be_absent = Index == key_index<Event>() || !std::is_pointer_v<field>;
    for (const auto optional : event_traits<Event>::optional_fields) {
      may_be_absent = may_be_absent || optional == std::string_view(Event::Traits::field_names[Index]);
    }
    return may_be_absent && is_key_enough<Event, Index + 1>();
  }
}

/// Builds the event from the entity's key alone.
template <class Event>
void publish_key(const void*, const context& ctx, published& out) {
  constexpr auto index = key_index<Event>();
  const auto slot = flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(index));
  using field = std::remove_const_t<typename Event::Traits::template FieldType<index>>;
  const auto made = ctx.build<Event>([&](flatbuffers::FlatBufferBuilder& b) {
    if constexpr (std::is_pointer_v<field>) {
      const auto key = b.CreateString(ctx.key().data(), ctx.key().size());
      const auto start = b.StartTable();
      b.AddOffset(slot, key);
      return flatbuffers::Offset<Event>(b.EndTable(start));
    } else {
      field key{};
      std::from_chars(ctx.key().data(), ctx.key().data() + ctx.key().size(), key);
      const auto start = b.StartTable();
      b.AddElement<field>(slot, key, field{});
      return flatbuffers::Offset<Event>(b.EndTable(start));
    }
  });
  out.push_back(made.index());
}

/// Takes a builder apart: `all<Event> fn(const context&) const`.
template <class Function>
struct builder_signature {
  static constexpr bool valid = false;
};
template <class A, class Event>
struct builder_signature<all<Event> (A::*)(const context&) const> {
  static constexpr bool valid = true;
  using actor = A;
  using event = Event;
};
template <class A, class Event>
struct builder_signature<all<Event> (A::*)(const context&) const noexcept>
    : builder_signature<all<Event> (A::*)(const context&) const> {};

template <class Actor, auto Function>
void publish_built(const void* entity, const context& ctx, published& out) {
  (static_cast<const Actor*>(entity)->*Function)(ctx).publish(out);
}

template <class Actor, class Event>
void describe_builder(deadline_info& d, void*) {
  constexpr bool enough = is_key_enough<Event>();
  static_assert(enough, "reel: the event of this deadline has (required) fields besides its key: add "
                        "by<&Actor::fn> to the deadline, with `reel::all<Event> fn(const reel::context&) const`");
  if constexpr (enough) {
    d.publish = &publish_key<Event>;
  }
}
template <class Actor, class Event, auto Function>
void describe_builder(deadline_info& d, by<Function>*) {
  using s = builder_signature<std::remove_const_t<decltype(Function)>>;
  constexpr bool fits = [] {
    if constexpr (s::valid) {
      return std::is_same_v<typename s::actor, Actor> && std::is_same_v<typename s::event, Event>;
    } else {
      return false;
    }
  }();
  static_assert(fits, "reel: by<> names a member function `reel::all<Event> fn(const reel::context&) const` of the "
                      "actor, which builds the event of this deadline");
  if constexpr (fits) {
    d.builder = function_name<Function>();
    d.publish = &publish_built<Actor, Function>;
  }
}

} // namespace reel::detail
