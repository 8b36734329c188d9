#include "cli/command_host.hpp"

#include "cli/data_directory.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace reel::cli {

namespace {

constexpr std::size_t description_columns = 74;

} // namespace

int command_host::conclude(const core::error& error) const {
  fmt::print(stderr, "{}: {}\n", choreography->name, error.what);
  return error.code == core::errc::invalid ? wrong_usage : failure;
}

void command_host::add_place(CLI::App& command, journal_place& place) const {
  auto* const data = command.add_option("--data", place.data,
                                        wrapped("The data directory, or the brokers that have the journals "
                                                "(nats://HOST:PORT); a node may be running on it"));
  add_config(command, place, data->type_name("DIR|URL"));
}

void command_host::add_places(CLI::App& command, journal_place& place, std::vector<std::string>& directories) const {
  auto* const data = command.add_option("--data", directories, "Data directories; their counts are added");
  add_config(command, place, data->type_name("DIR..."));
}

void command_host::add_config(CLI::App& command, journal_place& place, CLI::Option* data) const {
  place.names = names_for_settings(*choreography);
  auto* const config =
      command.add_option("--config", place.config, wrapped("Instead: the configuration of a node that has them"));
  data->excludes(config);
  config->type_name("FILE");
  command
      .add_option("--set", place.assignments,
                  wrapped("With --config: another value for one of its settings; may be given again"))
      ->type_name("KEY=VALUE")
      ->needs(config)
      ->allow_extra_args(false);
  command.parse_complete_callback([data, config] {
    if (data->count() + config->count() == 0)
      throw CLI::RequiredError("--data or --config");
  });
}

std::string wrapped(const std::string& text) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    const bool fits = column + 1 + word.size() <= description_columns;
    if (column > 0)
      result += fits ? ' ' : '\n';
    column = column > 0 && fits ? column + 1 + word.size() : word.size();
    result += word;
    at = end + 1;
  }
  return result;
}

} // namespace reel::cli
