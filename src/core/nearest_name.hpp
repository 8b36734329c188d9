// Finds what a person probably meant by a name that does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace reel::core {

/// Edits (insertion, deletion, replacement of a character, swap of two neighbours) that turn one text into the other,
/// case ignored: the optimal string alignment distance.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance; empty when none resembles the name (more than half of it would change).
[[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

/// "there is no service paymnt; did you mean payment? There are: intake, payment". `kind` is "service".
[[nodiscard]] std::string no_such_name(std::string_view kind, std::string_view name,
                                       std::span<const std::string_view> candidates);

} // namespace reel::core
