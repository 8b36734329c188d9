// All settings that there are, in one table: loading, errors, --print-config and the reference are made of it.
#pragma once

#include "cli/config/setting_value.hpp"
#include "cli/config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

struct setting {
  /// "log.replicas"; in "services.*.partitions" the star stands for any service of the choreography.
  std::string_view key;
  value_rule rule;
  std::string fallback; ///< as text; the value when nobody gives one. Not for keys with a star
  std::string_view doc; ///< a sentence or two
  void (*apply)(settings& to, std::string_view star, const setting_value& value);

  [[nodiscard]] bool has_star() const noexcept {
    return key.find('*') != std::string_view::npos;
  }
};

/// What a part of the table is about, for the reference and for --print-config.
struct setting_section {
  std::string_view key; ///< "log.tls"
  std::string_view doc;
};

[[nodiscard]] const std::vector<setting>& setting_table();
[[nodiscard]] const std::vector<setting_section>& setting_sections();
/// "log.tls" of "log.tls.key".
[[nodiscard]] std::string_view section_of(std::string_view key);

} // namespace reel::cli
