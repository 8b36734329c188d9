#include <reel/options.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

namespace reel {

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<double> parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent)
    text.remove_suffix(1);
  while (percent && text.ends_with(' '))
    text.remove_suffix(1);
  auto value = parse_number(text);
  if (!value)
    return std::nullopt;
  const double share = percent ? *value / 100 : *value;
  if (!(share >= 0 && share <= 1))
    return std::nullopt;
  return share;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t unit = 1;
  if (text.ends_with('k'))
    unit = 1000;
  if (text.ends_with('M'))
    unit = 1'000'000;
  if (unit > 1)
    text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value > count_max / unit)
    return std::nullopt;
  return value * unit;
}

command_option share_option(std::string name, std::string description, std::shared_ptr<double> into) {
  const auto set = [into = std::move(into)](std::string_view text) -> std::optional<std::string> {
    const auto share = parse_share(text);
    if (!share)
      return fmt::format("{} is no share: expected a number from 0 to 1, or a percentage such as 5%", text);
    *into = *share;
    return std::nullopt;
  };
  return {std::move(name), "P", std::move(description), set};
}

command_option count_option(std::string name, std::string description, std::shared_ptr<std::uint64_t> into,
                            std::uint64_t min, std::uint64_t max) {
  const auto set = [into = std::move(into), min, max](std::string_view text) -> std::optional<std::string> {
    const auto count = parse_count(text);
    if (!count || *count < min || *count > max)
      return fmt::format("{} is no number from {} to {}", text, min, max);
    *into = *count;
    return std::nullopt;
  };
  return {std::move(name), "N", std::move(description), set};
}

command_option text_option(std::string name, std::string value, std::string description,
                           std::shared_ptr<std::string> into) {
  const auto set = [into = std::move(into)](std::string_view text) -> std::optional<std::string> {
    if (text.empty())
      return "expected a name, not an empty text";
    *into = text;
    return std::nullopt;
  };
  return {std::move(name), std::move(value), std::move(description), set};
}

command_option flag_option(std::string name, std::string description, std::shared_ptr<bool> into) {
  const auto set = [into = std::move(into)](std::string_view) -> std::optional<std::string> {
    *into = true;
    return std::nullopt;
  };
  return {std::move(name), {}, std::move(description), set};
}

} // namespace reel
