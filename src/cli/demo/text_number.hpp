// Reads the numbers and texts of order lines exactly: no floating point, no silent truncation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reel::demo {

/// A decimal number as pence, rounded half away from zero: "4.15" is 415, "0.005" is 1, "-0.005" is -1. Nothing for
/// what is no plain decimal number (an exponent, a blank, two points) or exceeds +-unit_price_pence_max * 1000.
[[nodiscard]] std::optional<std::int64_t> parse_pence(std::string_view text) noexcept;

/// An integer; "12.0" counts as one, since spreadsheets write it. Nothing for anything else, and beyond +-10^15.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// Whether the bytes are UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

} // namespace reel::demo
