// A TOML file as a list of keys and values, each with the place where it stands.
#pragma once

#include "cli/config/setting_value.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace reel::cli {

/// What a file says about one key.
struct toml_entry {
  std::string key; ///< "log.tls.key"
  std::string at;  ///< "FILE:LINE:COLUMN" of the key
  std::string value_at;
  written_value value;
  std::string strange; ///< what stands there when it is nothing that a setting can be: "a date"; `value` has no meaning
};

/// What stands at a section without keys.
inline constexpr std::string_view empty_section = "a section";

/// All entries, in the order of the file. Errors: what is wrong, with its place: the file
/// cannot be read, or is no TOML.
[[nodiscard]] tl::expected<std::vector<toml_entry>, std::string> read_toml(const std::filesystem::path& file);

} // namespace reel::cli
