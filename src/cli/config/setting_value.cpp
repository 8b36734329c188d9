#include "cli/config/setting_value.hpp"

#include "core/public_urls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace reel::cli {
namespace {

struct unit {
  std::string_view name;
  std::int64_t size;
};

// Largest first. A number alone is bytes.
constexpr std::array<unit, 8> byte_units{{{"TiB", 1LL << 40},
                                          {"GiB", 1LL << 30},
                                          {"MiB", 1LL << 20},
                                          {"KiB", 1LL << 10},
                                          {"GB", 1'000'000'000},
                                          {"MB", 1'000'000},
                                          {"KB", 1'000},
                                          {"B", 1}}};
constexpr std::array<unit, 5> time_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"ms", 1}, {"m", 60'000}, {"s", 1000}}};
constexpr std::size_t name_size_max = 64;
constexpr std::string_view unlimited = "unlimited";

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

/// A number and a unit; nothing when there is another unit, or the product does not fit.
template <class Units>
std::optional<std::int64_t> amount_of(std::string_view text, const Units& units) {
  for (const auto& [name, size] : units) {
    if (!text.ends_with(name))
      continue;
    auto digits = text.substr(0, text.size() - name.size());
    digits = digits.substr(0, digits.find_last_not_of(' ') + 1);
    const auto count = number_of(digits);
    std::int64_t product = 0;
    if (count && !__builtin_mul_overflow(*count, size, &product))
      return product;
  }
  return std::nullopt;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (byte < 0x20 || byte == 0x7f)
      result += fmt::format("\\u{:04x}", byte);
    else
      result.push_back(c);
  }
  return result + "\"";
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !text.empty() && text.size() <= name_size_max && std::all_of(text.begin(), text.end(), fits);
}

std::string shown(const value_rule& rule, std::int64_t number) {
  return rule.kind == setting_kind::bytes      ? bytes_text(number)
         : rule.kind == setting_kind::duration ? duration_text(number)
                                               : fmt::format("{}", number);
}

std::string found(const value_rule& rule, const written_value& written) {
  struct describe {
    bool secret;
    std::string operator()(const std::string& text) const {
      return secret ? "a text" : "the text " + quoted(text);
    }
    std::string operator()(std::int64_t number) const {
      return fmt::format("the number {}", number);
    }
    std::string operator()(double number) const {
      return fmt::format("the number {}", number);
    }
    std::string operator()(bool flag) const {
      return flag ? "true" : "false";
    }
    std::string operator()(const std::vector<std::string>&) const {
      return "an array";
    }
  };
  return std::visit(describe{rule.kind == setting_kind::secret}, written);
}

tl::unexpected<std::string> wrong(const value_rule& rule, const written_value& written) {
  return tl::unexpected(fmt::format("expected {}, found {}", expectation(rule), found(rule, written)));
}

bool is_number(setting_kind kind) {
  return kind == setting_kind::count || kind == setting_kind::bytes || kind == setting_kind::duration;
}

std::optional<std::int64_t> number_from(const value_rule& rule, const written_value& written) {
  if (const auto* number = std::get_if<std::int64_t>(&written))
    return rule.kind == setting_kind::duration ? std::nullopt : std::optional{*number};
  const auto* text = std::get_if<std::string>(&written);
  if (text == nullptr)
    return std::nullopt;
  if (rule.kind == setting_kind::duration)
    return amount_of(*text, time_units);
  if (*text == unlimited && !rule.words.empty())
    return -1;
  return rule.kind == setting_kind::bytes ? amount_of(*text, byte_units) : std::nullopt;
}

bool text_fits(const value_rule& rule, const std::string& text) {
  switch (rule.kind) {
  case setting_kind::name:
    return is_name(text);
  case setting_kind::choice:
    return std::find(rule.words.begin(), rule.words.end(), text) != rule.words.end();
  default:
    return !rule.required || !text.empty();
  }
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    auto item = text.substr(0, end);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    if (!item.empty())
      items.emplace_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

template <class Units>
std::string amount_text(std::int64_t amount, const Units& units) {
  for (const auto& [name, size] : units)
    if (amount != 0 && amount % size == 0)
      return fmt::format("{}{}", amount / size, name);
  return fmt::format("{}{}", amount, units.back().name);
}

} // namespace

tl::expected<setting_value, std::string> understand(const value_rule& rule, const written_value& written) {
  setting_value value;
  if (is_number(rule.kind)) {
    const auto number = number_from(rule, written);
    const bool special = number && *number == -1 && !rule.words.empty();
    if (!number || (!special && (*number < rule.least || *number > rule.most)))
      return wrong(rule, written);
    value.number = *number;
    return value;
  }
  if (rule.kind == setting_kind::flag) {
    const auto* flag = std::get_if<bool>(&written);
    if (flag == nullptr)
      return wrong(rule, written);
    value.number = *flag ? 1 : 0;
    return value;
  }
  const auto* text = std::get_if<std::string>(&written);
  if (rule.kind == setting_kind::list) {
    const auto* items = std::get_if<std::vector<std::string>>(&written);
    if (text == nullptr && items == nullptr)
      return wrong(rule, written);
    value.items = items != nullptr ? *items : split(*text);
    if (rule.required && value.items.empty())
      return wrong(rule, written);
    return value;
  }
  if (text == nullptr || !text_fits(rule, *text))
    return wrong(rule, written);
  value.text = *text;
  return value;
}

tl::expected<setting_value, std::string> understand_text(const value_rule& rule, std::string_view text) {
  if (rule.kind == setting_kind::flag && (text == "true" || text == "false"))
    return understand(rule, text == "true");
  if (rule.kind == setting_kind::count || rule.kind == setting_kind::bytes)
    if (const auto number = number_of(text))
      return understand(rule, *number);
  return understand(rule, std::string{text});
}

std::string expectation(const value_rule& rule) {
  const auto or_word = rule.words.empty() ? std::string{} : fmt::format(" or \"{}\"", unlimited);
  const auto bounded = [&](std::string_view what) {
    return rule.most == std::numeric_limits<std::int64_t>::max()
               ? fmt::format("{} of at least {}{}", what, shown(rule, rule.least), or_word)
               : fmt::format("{} from {} to {}{}", what, shown(rule, rule.least), shown(rule, rule.most), or_word);
  };
  switch (rule.kind) {
  case setting_kind::text:
  case setting_kind::secret:
    return rule.required ? "a text that is not empty" : "a text";
  case setting_kind::name:
    return fmt::format("a name of letters, digits, \"-\", \"_\" and \".\", at most {} of them", name_size_max);
  case setting_kind::path:
    return rule.required ? "a path that is not empty" : "a path";
  case setting_kind::choice: {
    std::string words;
    for (const auto word : rule.words)
      words += fmt::format("{}\"{}\"", words.empty() ? "" : word == rule.words.back() ? " or " : ", ", word);
    return words;
  }
  case setting_kind::count:
    return bounded("a whole number");
  case setting_kind::bytes:
    return bounded("a size (such as 4096 or \"256KiB\")");
  case setting_kind::duration:
    return bounded("a duration (such as \"3s\" or \"250ms\")");
  case setting_kind::flag:
    return "true or false";
  case setting_kind::list:
    break;
  }
  return rule.required ? "a list of texts that is not empty" : "a list of texts";
}

std::string toml_text(const value_rule& rule, const setting_value& value) {
  switch (rule.kind) {
  case setting_kind::count:
    return fmt::format("{}", value.number);
  case setting_kind::bytes:
    return value.number == -1 && !rule.words.empty() ? quoted(unlimited) : quoted(bytes_text(value.number));
  case setting_kind::duration:
    return quoted(duration_text(value.number));
  case setting_kind::flag:
    return value.number != 0 ? "true" : "false";
  case setting_kind::secret:
    return value.text.empty() ? "\"\"" : "\"********\"";
  case setting_kind::list: {
    std::string items;
    for (const auto& item : value.items)
      items += (items.empty() ? "" : ", ") + quoted(core::public_urls(item)); // a URL may hold a password
    return "[" + items + "]";
  }
  default:
    return quoted(value.text);
  }
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array<unit, 5> binary{{byte_units[0], byte_units[1], byte_units[2], byte_units[3], byte_units[7]}};
  return amount_text(bytes, binary);
}

std::string duration_text(std::int64_t milliseconds) {
  constexpr std::array<unit, 4> units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
  return amount_text(milliseconds, units);
}

} // namespace reel::cli
