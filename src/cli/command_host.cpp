#include "cli/command_host.hpp"

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

void command_host::add_data(CLI::App& command, std::string& directory) {
  command
      .add_option("--data", directory,
                  "The data directory, or the brokers that have the journals "
                  "(nats://HOST:PORT); a node may be running on it")
      ->type_name("DIR|URL")
      ->required();
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
