// The values that options of a command take: shares, counts and texts, each refused in a sentence when it is wrong.
#pragma once

#include <reel/main.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace reel {

/// "0.05", "5%", "1": a share from 0 to 1. Nothing for anything else.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

/// "20000", "20k", "1M". Nothing for anything else, and beyond 10^18.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

/// A decimal number without exponent. Nothing for anything else.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

inline constexpr std::uint64_t count_max = 1'000'000'000'000'000'000;

/// An option that sets a share. Give a member of shared options as std::shared_ptr<double>(all, &all->member).
[[nodiscard]] command_option share_option(std::string name, std::string description, std::shared_ptr<double> into);
/// An option that sets a whole number from `min` to `max`, which is called N.
[[nodiscard]] command_option count_option(std::string name, std::string description,
                                          std::shared_ptr<std::uint64_t> into, std::uint64_t min = 0,
                                          std::uint64_t max = count_max);
/// An option that sets a text that is not empty; `value` is what it is called: "FILE".
[[nodiscard]] command_option text_option(std::string name, std::string value, std::string description,
                                         std::shared_ptr<std::string> into);
/// An option without value.
[[nodiscard]] command_option flag_option(std::string name, std::string description, std::shared_ptr<bool> into);

} // namespace reel
