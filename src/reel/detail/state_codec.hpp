// Saves, loads and describes the state of an actor, from its members alone.
#pragma once

#include <reel/detail/members.hpp>

#include <algorithm>
#include <array>
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
concept keyed = container<T> && requires { typename T::key_type; };
template <class T>
concept mapped = keyed<T> && requires { typename T::mapped_type; };
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;
template <class T>
concept saves_itself = requires(const T& saved, T& loaded, std::string_view bytes) {
  { saved.save() } -> std::convertible_to<std::string>;
  { loaded.load(bytes) } -> std::same_as<bool>;
};

template <class T>
constexpr void check_supported() {
  static_assert(std::is_aggregate_v<T>, "reel: this member of an actor's state cannot be saved in snapshots; use numbers, "
                                        "strings, containers, optionals or plain structs of them, or give the actor "
                                        "`std::string save() const` and `bool load(std::string_view)`");
}

// -- saving -----------------------------------------------------------------------------------------------------------

template <class T>
void save_value(const T& value, std::string& out) {
  if constexpr (is_number<T>) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
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
  } else if constexpr (mapped<T>) {
    save_value(static_cast<std::uint32_t>(value.size()), out);
    std::vector<const typename T::value_type*> sorted; // the same state gives the same bytes
    for (const auto& element : value) {
      sorted.push_back(&element);
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    for (const auto* element : sorted) {
      save_value(element->first, out);
      save_value(element->second, out);
    }
  } else if constexpr (keyed<T>) {
    std::vector<typename T::key_type> sorted(value.begin(), value.end());
    std::sort(sorted.begin(), sorted.end());
    save_value(sorted, out);
  } else if constexpr (container<T>) {
    save_value(static_cast<std::uint32_t>(value.size()), out);
    for (const typename T::value_type& element : value) {
      save_value(element, out);
    }
  } else {
    check_supported<T>();
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

template <class T, class Element, class Add>
bool load_elements(state_input& in, Add add) {
  std::uint32_t count = 0;
  if (!load_value(count, in)) {
    return false;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    Element element{};
    if (in.rest.empty() || !load_value(element, in)) { // no element is empty, so a lying count ends here
      return false;
    }
    add(std::move(element));
  }
  return true;
}

template <class Key, class Mapped>
struct map_entry {
  Key first{};
  Mapped second{};
};

template <class T>
bool load_value(T& value, state_input& in) {
  if constexpr (std::is_same_v<T, bool>) {
    std::uint8_t byte = 0;
    const bool good = in.take(&byte, 1) && byte <= 1;
    value = byte == 1;
    return good;
  } else if constexpr (is_number<T>) {
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
    return !present || load_value(value.emplace(), in);
  } else if constexpr (is_array<T>) {
    return std::all_of(value.begin(), value.end(), [&in](auto& element) { return load_value(element, in); });
  } else if constexpr (mapped<T>) {
    using entry = map_entry<typename T::key_type, typename T::mapped_type>;
    return load_elements<T, entry>(in, [&](entry&& e) { value.emplace(std::move(e.first), std::move(e.second)); });
  } else if constexpr (keyed<T>) {
    return load_elements<T, typename T::key_type>(in, [&](auto&& key) { value.insert(std::move(key)); });
  } else if constexpr (container<T>) {
    return load_elements<T, typename T::value_type>(in, [&](auto&& element) { value.push_back(std::move(element)); });
  } else {
    check_supported<T>();
    return with_members(value, [&in](auto&... member) { return (load_value(member, in) && ...); });
  }
}

// -- shape: the types, as text ----------------------------------------------------------------------------------------

template <class T>
std::string shape_of() {
  if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "f" + std::to_string(sizeof(T) * 8);
  } else if constexpr (std::is_enum_v<T>) {
    return "enum" + std::to_string(sizeof(T) * 8);
  } else if constexpr (is_number<T>) {
    return (std::is_signed_v<T> ? "i" : "u") + std::to_string(sizeof(T) * 8);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "str";
  } else if constexpr (is_optional<T>) {
    return "opt<" + shape_of<typename T::value_type>() + ">";
  } else if constexpr (is_array<T>) {
    return "array" + std::to_string(std::tuple_size_v<T>) + "<" + shape_of<typename T::value_type>() + ">";
  } else if constexpr (mapped<T>) {
    return "map<" + shape_of<typename T::key_type>() + "," + shape_of<typename T::mapped_type>() + ">";
  } else if constexpr (keyed<T>) {
    return "set<" + shape_of<typename T::key_type>() + ">";
  } else if constexpr (container<T>) {
    return "list<" + shape_of<typename T::value_type>() + ">";
  } else {
    std::string out = "{";
    T value{};
    with_members(value, [&out]<class... M>(M&...) { ((out += shape_of<std::remove_cvref_t<M>>() + ";"), ...); });
    return out + "}";
  }
}

// -- description: JSON ------------------------------------------------------------------------------------------------

inline void describe_text(std::string_view text, std::string& out) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4U];
      out += digits[static_cast<unsigned char>(c) & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

template <class T>
void describe_value(const T& value, std::string& out) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    out += std::to_string(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (is_number<T>) {
    out += std::to_string(value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    describe_text(value, out);
  } else if constexpr (is_optional<T>) {
    if (value) {
      describe_value(*value, out);
    } else {
      out += "null";
    }
  } else if constexpr (mapped<T>) {
    out += '{';
    for (const auto& [key, mapped_value] : value) {
      out += out.back() == '{' ? "" : ", ";
      std::string name;
      describe_value(key, name);
      out += name.front() == '"' ? name : '"' + name + '"';
      out += ": ";
      describe_value(mapped_value, out);
    }
    out += '}';
  } else if constexpr (container<T>) {
    out += '[';
    bool first = true;
    for (const typename T::value_type& element : value) {
      out += first ? "" : ", ";
      first = false;
      describe_value(element, out);
    }
    out += ']';
  } else {
    std::size_t index = 0;
    out += '{';
    with_members(value, [&](const auto&... member) {
      const auto one = [&](const auto& m) {
        out += index > 0 ? ", " : "";
        if constexpr (requires { T::field_names; }) {
          describe_text(T::field_names[index], out);
        } else {
          out += '"' + std::to_string(index) + '"';
        }
        ++index;
        out += ": ";
        describe_value(m, out);
      };
      (one(member), ...);
    });
    out += '}';
  }
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
  if constexpr (requires { { actor.describe() } -> std::convertible_to<std::string>; }) {
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
