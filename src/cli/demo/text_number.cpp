#include "cli/demo/text_number.hpp"

namespace reel::demo {
namespace {

constexpr std::int64_t magnitude_max = 1'000'000'000'000'000;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Takes a sign off the front; true when it is a minus.
bool take_sign(std::string_view& text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+'))
    text.remove_prefix(1);
  return negative;
}

/// Takes digits off the front. Nothing when the number grows beyond magnitude_max.
std::optional<std::int64_t> take_digits(std::string_view& text) noexcept {
  std::int64_t value = 0;
  while (!text.empty() && is_digit(text.front())) {
    value = value * 10 + (text.front() - '0');
    if (value > magnitude_max)
      return std::nullopt;
    text.remove_prefix(1);
  }
  return value;
}

} // namespace

std::optional<std::int64_t> parse_pence(std::string_view text) noexcept {
  const bool negative = take_sign(text);
  if (text.empty() || !(is_digit(text.front()) || (text.size() > 1 && text.front() == '.')))
    return std::nullopt;
  const auto whole = take_digits(text);
  if (!whole || *whole > magnitude_max / 1000)
    return std::nullopt;
  auto pence = *whole * 100;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    for (int place = 1; !text.empty() && is_digit(text.front()); ++place, text.remove_prefix(1)) {
      const int digit = text.front() - '0';
      if (place <= 2)
        pence += place == 1 ? digit * 10 : digit;
      else if (place == 3) // digits after this one cannot change a rounding that is half away from zero
        pence += digit >= 5 ? 1 : 0;
    }
  }
  if (!text.empty())
    return std::nullopt;
  return negative ? -pence : pence;
}

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
  const bool negative = take_sign(text);
  if (text.empty() || !is_digit(text.front()))
    return std::nullopt;
  const auto value = take_digits(text);
  if (!value)
    return std::nullopt;
  if (text.size() > 1 && text.front() == '.') {
    text.remove_prefix(1);
    while (text.starts_with('0'))
      text.remove_prefix(1);
  }
  if (!text.empty())
    return std::nullopt;
  return negative ? -*value : *value;
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length)
      return false;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high)
      return false;
    for (std::size_t k = 2; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80)
        return false;
    i += length;
  }
  return true;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace reel::demo
