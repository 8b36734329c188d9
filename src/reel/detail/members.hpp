// Visits the members of an aggregate without macros: structured bindings, up to 16 members.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace reel::detail {

inline constexpr std::size_t members_max = 16;

struct any_value {
  template <class T>
  constexpr operator T() const; // never defined: only for counting
};

template <class T, class... Args>
concept brace_constructible = requires {
  T{std::declval<Args>()...};
};

template <class T, class... Args>
constexpr std::size_t count_members() {
  if constexpr (sizeof...(Args) > members_max) {
    return sizeof...(Args);
  } else if constexpr (brace_constructible<T, Args..., any_value>) {
    return count_members<T, Args..., any_value>();
  } else {
    return sizeof...(Args);
  }
}

template <class T>
inline constexpr std::size_t member_count = count_members<std::remove_cvref_t<T>>();

/// Calls `visit(member...)` with references to all members.
template <class T, class Visit>
constexpr decltype(auto) with_members(T& object, Visit&& visit) {
  constexpr std::size_t count = member_count<T>;
  // clang-format off
  if constexpr (count == 0) { return visit(); }
  else if constexpr (count == 1) { auto& [a] = object; return visit(a); }
  else if constexpr (count == 2) { auto& [a, b] = object; return visit(a, b); }
  else if constexpr (count == 3) { auto& [a, b, c] = object; return visit(a, b, c); }
  else if constexpr (count == 4) { auto& [a, b, c, d] = object; return visit(a, b, c, d); }
  else if constexpr (count == 5) { auto& [a, b, c, d, e] = object; return visit(a, b, c, d, e); }
  else if constexpr (count == 6) { auto& [a, b, c, d, e, f] = object; return visit(a, b, c, d, e, f); }
  else if constexpr (count == 7) { auto& [a, b, c, d, e, f, g] = object; return visit(a, b, c, d, e, f, g); }
  else if constexpr (count == 8) { auto& [a, b, c, d, e, f, g, h] = object; return visit(a, b, c, d, e, f, g, h); }
  else if constexpr (count == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = object;
    return visit(a, b, c, d, e, f, g, h, i);
  }
  else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = object;
    return visit(a, b, c, d, e, f, g, h, i, j);
  }
  else if constexpr (count == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = object;
    return visit(a, b, c, d, e, f, g, h, i, j, k);
  }
  else if constexpr (count == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = object;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l);
  }
  else if constexpr (count == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = object;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m);
  }
  else if constexpr (count == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = object;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  }
  else if constexpr (count == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = object;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  }
  else if constexpr (count == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = object;
    return visit(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  }
  else { static_assert(count <= members_max, "reel: an actor's state may have at most 16 members; group some in a struct"); }
  // clang-format on
}

} // namespace reel::detail
