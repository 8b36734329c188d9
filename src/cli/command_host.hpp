// What a command needs of the program that it belongs to, and the groups of commands that every program has.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace reel::cli {

inline constexpr int success = 0;
inline constexpr int failure = 1;
inline constexpr int wrong_usage = 2;

/// Everything lives as long as the command line.
struct command_host {
  const choreography_info* choreography = nullptr;
  CLI::App* app = nullptr;             ///< commands are added here
  std::function<int()>* run = nullptr; ///< set by the command that was asked for; returns the exit status

  /// Exit status of a command that could not do its work; says what went wrong.
  [[nodiscard]] int conclude(const core::error& error) const;
  /// The option that all commands on journals have.
  static void add_data(CLI::App& command, std::string& directory);
};

/// With line breaks, so that the description of an option stays in its column.
[[nodiscard]] std::string wrapped(const std::string& text);

/// graph, asyncapi, docs, fingerprint
void add_drawing_commands(const command_host& host);
/// trace, coverage
void add_watching_commands(const command_host& host);
/// dlq list, show, redrive, discard
void add_dead_letter_commands(const command_host& host);
/// sagas
void add_saga_commands(const command_host& host);
/// view, rebuild
void add_view_commands(const command_host& host);

} // namespace reel::cli
