// Settings from all their places, the later ones winning: defaults, file, environment, command line.
#pragma once

#include "cli/config/setting_table.hpp"

#include <reel/descriptor.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace reel::cli {

/// What the stars of the table stand for in one program.
struct setting_names {
  std::vector<std::string> services;
  std::vector<std::string> views;
};
[[nodiscard]] setting_names names_for_settings(const choreography_info& choreography);

struct settings_request {
  std::string file;                                             ///< empty: none
  std::vector<std::string> assignments;                         ///< "log.replicas=3", of --set
  std::vector<std::pair<std::string, std::string>> environment; ///< variables; those that are not ours are ignored
};
/// All variables of this process that begin with REEL_.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> reel_environment();

/// One key with the value that won, and who gave it.
struct setting_entry {
  const setting* what = nullptr;
  std::string key; ///< without a star
  setting_value value;
  std::string from; ///< "default", "FILE:LINE:COLUMN", "environment REEL_LOG__URLS", "--set"
};

struct loaded_settings {
  settings values;
  std::vector<setting_entry> entries; ///< in the order of the table
};

/// Everything that is wrong, one sentence each: place, key, what was expected, what is there.
using setting_faults = std::vector<std::string>;

[[nodiscard]] tl::expected<loaded_settings, setting_faults> load_settings(const settings_request& request,
                                                                          const setting_names& names);

/// Settings that cannot be used; what() has all faults, a line each. Caught in main, which ends with status 78.
class configuration_error : public std::runtime_error {
public:
  explicit configuration_error(const setting_faults& faults);
};

/// The variable that sets a key: "REEL_LOG__TLS__KEY".
[[nodiscard]] std::string variable_of(std::string_view key);

/// The settings as a TOML file that sets them all, each with where it came from.
[[nodiscard]] std::string settings_text(const loaded_settings& loaded);
/// The reference of all settings, in Markdown.
[[nodiscard]] std::string settings_reference();

} // namespace reel::cli
