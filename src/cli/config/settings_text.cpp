// Settings as text: the result of loading, and the reference.
#include "cli/config/load_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

std::string default_of(const setting& s) {
  if (s.has_star())
    return {};
  return "`" + toml_text(s.rule, *understand_text(s.rule, s.fallback)) + "`";
}

std::string in_markdown(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

constexpr std::string_view reference_head =
    R"(# Configuration

Made by `shop run --explain-config > docs/configuration.md`; a test compares them. Do not edit by hand.

A node is told what to do by four places. A later one wins over the ones before it:

1. the defaults below;
2. the file that `--config FILE` names, in [TOML](https://toml.io);
3. the environment: `log.tls.key` is `REEL_LOG__TLS__KEY`, two underscores for each dot;
4. the command line: `--set log.replicas=3`, as often as needed.

`--print-config` shows the result, each value with the place that it came from, and what is secret as stars. What is
wrong is refused before anything starts, all of it at once, with exit status 78: unknown keys with the nearest one that
exists, wrong types, values that cannot be, each with file, line and column.

Sizes are whole numbers of bytes, or texts such as `"256KiB"`, `"10MB"`. Durations are texts: `"250ms"`, `"3s"`, `"5m"`,
`"1h"`. Lists are separated by commas in the environment and on the command line. Paths are relative to the file that
they stand in, or to the working directory when they come from the environment or the command line.

Every command that takes `--data` takes `--config` instead, with `--set` and the environment: `verify`, `events`,
`state`, `sagas`, `trace`, `coverage`, `dlq`, `view`, `rebuild`.

Examples with a comment for each line are in [config](../config): [one node without a broker](../config/single.toml).
)";

} // namespace

std::string settings_text(const loaded_settings& loaded) {
  constexpr std::size_t origin_column = 48;
  std::string result;
  std::string section;
  for (const auto& entry : loaded.entries) {
    const auto of = section_of(entry.key);
    if (of != section) {
      section = of;
      result += fmt::format("{}[{}]\n", result.empty() ? "" : "\n", section);
    }
    const auto line = fmt::format("{} = {}", entry.key.substr(of.size() + 1), toml_text(entry.what->rule, entry.value));
    result += fmt::format("{:<{}} # {}\n", line, origin_column, entry.from);
  }
  return result;
}

std::string settings_reference() {
  std::string result{reference_head};
  for (const auto& section : setting_sections()) {
    result += fmt::format("\n## [{}]\n\n{}\n\n| key | default | takes | meaning |\n|---|---|---|---|\n", section.key,
                          section.doc);
    for (const auto& s : setting_table())
      if (section_of(s.key) == section.key)
        result += fmt::format("| `{}` | {} | {} | {} |\n", s.key.substr(section.key.size() + 1), default_of(s),
                              in_markdown(expectation(s.rule)), in_markdown(std::string{s.doc}));
  }
  return result;
}

} // namespace reel::cli
