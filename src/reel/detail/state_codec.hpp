// Saves, loads and describes the state of an actor, from its members alone.
#pragma once

#include <reel/detail/members.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace reel::detail {

template <class T>
inline constexpr bool is_number = std::is_arithmetic_v<T> || std::is_enum_v<T>;
template <class T>
concept container = requires(T t) {
  typename T::value_type;
  t.begin();
  t.end();
  t.size();
};
template <class T>
concept keyed = container<T> && requires {
  typename T::key_type;
};
template <class T>
concept mapped = keyed<T> && requires {
  typename T::mapped_type;
};
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;
template <class T>
inline constexpr bool is_pair = false;
template <class First, class Second>
inline constexpr bool is_pair<std::pair<First, Second>> = true;
template <class T>
inline constexpr bool is_time = false;
template <class Rep, class Period>
inline constexpr bool is_time<std::chrono::duration<Rep, Period>> = true;
template <class Clock, class Duration>
inline constexpr bool is_time<std::chrono::time_point<Clock, Duration>> = true;
template <class T>
concept saves_itself = requires(const T& saved, T& loaded, std::string_view bytes) {
  { saved.save() } -> std::convertible_to<std::string>;
  { loaded.load(bytes) } -> std::same_as<bool>;
};

/// Names of the members, when the struct has them: `static constexpr std::array field_names{"on_hand", "reserved"};`
template <class T>
constexpr void check_field_names() {
  if constexpr (requires { T::field_names; }) {
    static_assert(std::size(T::field_names) == member_count<T>,
                  "reel: field_names must name each member of the state, in their order");
  }
}

template <class T>
std::string field_name(std::size_t index) {
  if constexpr (requires { T::field_names; }) {
    return std::string(T::field_names[index]);
  } else {
    return std::to_string(index);
  }
}

/// Elements of a set or map in the order of their keys: the same state gives the same bytes.
template <class T>
std::vector<const typename T::value_type*> sorted_elements(const T& value) {
  std::vector<const typename T::value_type*> sorted;
  for (const auto& element : value) {
    sorted.push_back(&element);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    if constexpr (mapped<T>) {
      return a->first < b->first;
    } else {
      return *a < *b;
    }
  });
  return sorted;
}

// -- saving -----------------------------------------------------------------------------------------------------------

template <class T>
void save_value(const T& value, std::string& out) {
  if constexpr (is_number<T>) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
  } else if constexpr (is_time<T>) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value)); // a count
  } else if constexpr (std::is_same_v<T, std::string>) {
    save_value(static_cast<std::uint32_t>(value.size()), out);
    out += value;
  } else if constexpr (is_optional<T>) {
    save_value(value.has_value(), out);
    if (value) {
      save_value(*value, out);
    }
  } else if constexpr (is_array<T>) {
    for (const auto& element : value) {
      save_value(element, out);
    }
  } else if constexpr (is_pair<T>) {
    save_value(value.first, out);
    save_value(value.second, out);
  } else if constexpr (keyed<T>) {
    save_value(static_cast<std::uint32_t>(value.size()), out);
    for (const auto* element : sorted_elements(value)) {
      save_value(*element, out);
    }
  } else if constexpr (container<T>) {
    save_value(static_cast<std::uint32_t>(value.size()), out);
    for (const typename T::value_type& element : value) {
      save_value(element, out);
    }
  } else if constexpr (std::is_aggregate_v<T>) { // shape_of() refuses the others
    with_members(value, [&out](const auto&... member) { (save_value(member, out), ...); });
  }
}

// -- loading: safe on any bytes ---------------------------------------------------------------------------------------

struct state_input {
  std::string_view rest;

  bool take(void* to, std::size_t size) noexcept {
    if (rest.size() < size) {
      return false;
    }
    std::memcpy(to, rest.data(), size);
    rest.remove_prefix(size);
    return true;
  }
};

template <class T>
bool load_value(T& value, state_input& in);

template <class Element, class Add>
bool load_elements(state_input& in, Add add) {
  std::uint32_t count = 0;
  if (!load_value(count, in) ||
      count > in.rest.size()) { // each element takes a byte or more, so a lying count ends here
    return false;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    Element element{};
    if (!load_value(element, in)) {
      return false;
    }
    add(std::move(element));
  }
  return true;
}

template <class T>
bool load_value(T& value, state_input& in) {
  if constexpr (std::is_same_v<T, bool>) {
    std::uint8_t byte = 0;
    const bool good = in.take(&byte, 1) && byte <= 1;
    value = byte == 1;
    return good;
  } else if constexpr (is_number<T> || is_time<T>) {
    return in.take(&value, sizeof(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::uint32_t size = 0;
    if (!load_value(size, in) || in.rest.size() < size) {
      return false;
    }
    value = in.rest.substr(0, size);
    in.rest.remove_prefix(size);
    return true;
  } else if constexpr (is_optional<T>) {
    bool present = false;
    if (!load_value(present, in)) {
      return false;
    }
    value.reset();
    return !present || load_value(value.emplace(), in);
  } else if constexpr (is_array<T>) {
    return std::all_of(value.begin(), value.end(), [&in](auto& element) { return load_value(element, in); });
  } else if constexpr (is_pair<T>) {
    return load_value(value.first, in) && load_value(value.second, in);
  } else if constexpr (mapped<T>) {
    using entry = std::pair<typename T::key_type, typename T::mapped_type>;
    value.clear();
    return load_elements<entry>(in, [&](entry&& e) { value.insert(std::move(e)); });
  } else if constexpr (keyed<T>) {
    value.clear();
    return load_elements<typename T::key_type>(in, [&](auto&& key) { value.insert(std::move(key)); });
  } else if constexpr (container<T>) {
    value.clear();
    return load_elements<typename T::value_type>(in, [&](auto&& element) { value.push_back(std::move(element)); });
  } else if constexpr (std::is_aggregate_v<T>) {
    return with_members(value, [&in](auto&... member) { return (load_value(member, in) && ...); });
  }
}

// -- shape: the types, as text ----------------------------------------------------------------------------------------

inline constexpr int shape_depth_max = 8; // of a type that holds itself

template <class T, int Depth = 0>
std::string shape_of() {
  if constexpr (Depth > shape_depth_max) {
    return "...";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "f" + std::to_string(sizeof(T) * 8);
  } else if constexpr (std::is_enum_v<T>) {
    return "enum" + std::to_string(sizeof(T) * 8);
  } else if constexpr (is_number<T>) {
    return (std::is_signed_v<T> ? "i" : "u") + std::to_string(sizeof(T) * 8);
  } else if constexpr (is_time<T>) {
    return "time" + std::to_string(sizeof(T) * 8);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "str";
  } else if constexpr (is_optional<T>) {
    return "opt<" + shape_of<typename T::value_type, Depth + 1>() + ">";
  } else if constexpr (is_array<T>) {
    return "array" + std::to_string(std::tuple_size_v<T>) + "<" + shape_of<typename T::value_type, Depth + 1>() + ">";
  } else if constexpr (is_pair<T>) {
    return "pair<" + shape_of<typename T::first_type, Depth + 1>() + "," +
           shape_of<typename T::second_type, Depth + 1>() + ">";
  } else if constexpr (mapped<T>) {
    return "map<" + shape_of<typename T::key_type, Depth + 1>() + "," + shape_of<typename T::mapped_type, Depth + 1>() +
           ">";
  } else if constexpr (keyed<T>) {
    return "set<" + shape_of<typename T::key_type, Depth + 1>() + ">";
  } else if constexpr (container<T>) {
    return "list<" + shape_of<typename T::value_type, Depth + 1>() + ">";
  } else if constexpr (std::is_aggregate_v<T>) {
    check_field_names<T>();
    std::string out = "{";
    T value{};
    std::size_t index = 0;
    with_members(value, [&]<class... Members>(Members&...) {
      ((out += field_name<T>(index++) + ":" + shape_of<std::remove_cvref_t<Members>, Depth + 1>() + ";"), ...);
    });
    return out + "}";
  } else {
    static_assert(
        std::is_aggregate_v<T>,
        "reel: this member of an actor's state cannot be saved in snapshots; use numbers, strings, containers, "
        "optionals or plain structs of them, or give the actor `std::string save() const` and `bool "
        "load(std::string_view)`");
  }
}

} // namespace reel::detail
