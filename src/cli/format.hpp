// Numbers and times as people read them.
#pragma once

#include <reel/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reel::cli {

/// "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);
/// "12.3 MB" (powers of 1000).
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);
/// "4.5 %".
[[nodiscard]] std::string percentage(std::uint64_t part, std::uint64_t whole);
/// "850 us", "3.1 ms", "12 s", from milliseconds.
[[nodiscard]] std::string human_ms(double milliseconds);
/// "StockReserved" of "shop.inventory.StockReserved".
[[nodiscard]] std::string_view short_name(std::string_view qualified) noexcept;
/// The text without control characters, which a terminal would obey; UTF-8 stays as it is.
[[nodiscard]] std::string printable(std::string_view text);
/// How many columns a UTF-8 text takes, every code point counted as one.
[[nodiscard]] std::size_t columns_of(std::string_view text) noexcept;
/// "2026-01-31T12:00:00.123456789Z".
[[nodiscard]] std::string iso_time(timestamp time);
/// ISO 8601 in UTC or with an offset: a date, optionally a time, seconds, a fraction, a zone. Nothing when it is none.
[[nodiscard]] std::optional<timestamp> parse_iso_time(std::string_view text);

} // namespace reel::cli
