// Names of types and functions, as the compiler writes them into the name of a template's instance.
#pragma once

#include <string_view>

namespace reel::detail {

/// "shop::inventory::Stock"
template <class Type>
constexpr std::string_view full_type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view mark = "Type = ";
  text = text.substr(text.find(mark) + mark.size());
  return text.substr(0, text.find_first_of(";]"));
}

/// "Stock" of `shop::inventory::Stock`.
template <class Type>
constexpr std::string_view type_name() {
  const auto text = full_type_name<Type>();
  const auto colons = text.substr(0, text.find('<')).rfind("::"); // not one of a template's arguments
  return colons == std::string_view::npos ? text : text.substr(colons + 2);
}

/// "reserve" of `&shop::Stock::reserve`.
template <auto Function>
constexpr std::string_view function_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view mark = "Function = ";
  text = text.substr(text.find(mark) + mark.size());
  text = text.substr(0, text.find_first_of(";]"));
  const auto colons = text.rfind("::");
  text = colons == std::string_view::npos ? text : text.substr(colons + 2);
  return text.substr(0, text.find_first_of("()<, "));
}

} // namespace reel::detail
