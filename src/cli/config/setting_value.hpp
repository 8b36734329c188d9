// The kinds of values that settings have: how they are written, read, bounded and shown.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

namespace reel::cli {

/// How a value is written, in TOML and as text (environment, --set).
enum class setting_kind {
  text,     ///< any text
  name,     ///< small and capital letters, digits, "-", "_" and ".", at most 64
  path,     ///< of a file or directory; relative to the file that it stands in
  secret,   ///< never shown
  choice,   ///< one of several words
  count,    ///< a whole number
  bytes,    ///< a whole number, or a text with a unit: "256KiB"
  duration, ///< a text with a unit: "3s"
  flag,     ///< true or false
  list,     ///< an array of texts, or one text with commas
};

/// As it was written. In the environment and on the command line everything is text.
using written_value = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

/// As it was understood: one of them, by kind.
struct setting_value {
  std::string text;               ///< text, name, path, secret, choice
  std::int64_t number = 0;        ///< count, bytes, duration (milliseconds), flag (0 or 1)
  std::vector<std::string> items; ///< list

  friend bool operator==(const setting_value&, const setting_value&) = default;
};

/// What values a setting takes.
struct value_rule {
  setting_kind kind = setting_kind::text;
  std::int64_t least = 0; ///< of numbers; milliseconds of a duration
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string_view> words; ///< of a choice; of a number: other values that it has ("unlimited" is -1)
  bool required = false;               ///< of texts and lists: not empty
};

/// Errors: what was expected, and what is there: "a whole number from 1 to 64, found the text \"two\"".
[[nodiscard]] tl::expected<setting_value, std::string> understand(const value_rule& rule, const written_value& written);
/// Like that, of a text from the environment or the command line.
[[nodiscard]] tl::expected<setting_value, std::string> understand_text(const value_rule& rule, std::string_view text);

/// What is expected, for errors and the reference: "a whole number from 1 to 64".
[[nodiscard]] std::string expectation(const value_rule& rule);
/// The value as TOML. Secrets that are set become stars.
[[nodiscard]] std::string toml_text(const value_rule& rule, const setting_value& value);

/// "256KiB", "1500ms": the shortest exact form.
[[nodiscard]] std::string bytes_text(std::int64_t bytes);
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);

} // namespace reel::cli
