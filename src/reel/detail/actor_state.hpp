// The state of an actor as a whole: saved, loaded, and described as JSON.
#pragma once

#include <reel/detail/json.hpp>
#include <reel/detail/state_codec.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace reel::detail {

// -- description: JSON ------------------------------------------------------------------------------------------------

/// The count, in the type's own unit.
template <class Time>
void describe_time(const Time& value, std::string& out) {
  if constexpr (requires { value.time_since_epoch(); }) {
    describe_time(value.time_since_epoch(), out);
  } else if constexpr (std::is_floating_point_v<typename Time::rep>) {
    append_json_number(out, static_cast<double>(value.count()));
  } else {
    out += std::to_string(value.count());
  }
}

template <class T, class Member>
void describe_member(std::size_t index, const Member& member, std::string& out);

template <class T>
void describe_value(const T& value, std::string& out) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    out += std::to_string(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    append_json_number(out, static_cast<double>(value));
  } else if constexpr (is_number<T>) {
    out += std::to_string(value);
  } else if constexpr (is_time<T>) {
    describe_time(value, out);
  } else if constexpr (std::is_same_v<T, std::string>) {
    append_json_text(out, value);
  } else if constexpr (is_optional<T>) {
    if (value) {
      describe_value(*value, out);
    } else {
      out += "null";
    }
  } else if constexpr (is_pair<T>) {
    out += '[';
    describe_value(value.first, out);
    out += ", ";
    describe_value(value.second, out);
    out += ']';
  } else if constexpr (mapped<T>) {
    out += '{';
    for (const auto* element : sorted_elements(value)) {
      out += out.back() == '{' ? "" : ", ";
      std::string name;
      describe_value(element->first, name);
      if (name.front() == '"') {
        out += name;
      } else {
        append_json_text(out, name); // JSON's keys are texts
      }
      out += ": ";
      describe_value(element->second, out);
    }
    out += '}';
  } else if constexpr (keyed<T>) {
    out += '[';
    for (const auto* element : sorted_elements(value)) {
      out += out.back() == '[' ? "" : ", ";
      describe_value(*element, out);
    }
    out += ']';
  } else if constexpr (container<T>) {
    out += '[';
    for (const typename T::value_type& element : value) {
      out += out.back() == '[' ? "" : ", ";
      describe_value(element, out);
    }
    out += ']';
  } else if constexpr (std::is_aggregate_v<T>) {
    std::size_t index = 0;
    out += '{';
    with_members(value, [&](const auto&... member) { (describe_member<T>(index++, member, out), ...); });
    out += '}';
  }
}

template <class T, class Member>
void describe_member(std::size_t index, const Member& member, std::string& out) {
  out += index > 0 ? ", " : "";
  append_json_text(out, field_name<T>(index));
  out += ": ";
  describe_value(member, out);
}

// -- an actor's state as a whole --------------------------------------------------------------------------------------

template <class Actor>
void save_state(const Actor& actor, std::string& out) {
  if constexpr (saves_itself<Actor>) {
    out += actor.save();
  } else {
    save_value(actor, out);
  }
}

template <class Actor>
bool load_state(Actor& actor, std::string_view bytes) {
  if constexpr (saves_itself<Actor>) {
    return actor.load(bytes);
  } else {
    state_input in{bytes};
    return load_value(actor, in) && in.rest.empty();
  }
}

template <class Actor>
std::string describe_state(const Actor& actor) {
  if constexpr (requires {
                  { actor.describe() } -> std::convertible_to<std::string>;
                }) {
    return actor.describe();
  } else if constexpr (saves_itself<Actor>) {
    return "{}";
  } else {
    std::string out;
    describe_value(actor, out);
    return out;
  }
}

template <class Actor>
std::string state_shape() {
  if constexpr (saves_itself<Actor>) {
    return "own";
  } else {
    return shape_of<Actor>();
  }
}

} // namespace reel::detail
