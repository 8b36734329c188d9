// What a command needs of the program that it belongs to, and the groups of commands that every program has.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace reel::cli {

inline constexpr int success = 0;
inline constexpr int failure = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int broker_away = 69;  ///< EX_UNAVAILABLE: a node cannot reach what it runs on
inline constexpr int wrong_config = 78; ///< EX_CONFIG

class journal_place;

/// Everything lives as long as the command line.
struct command_host {
  const choreography_info* choreography = nullptr;
  CLI::App* app = nullptr;             ///< commands are added here
  std::function<int()>* run = nullptr; ///< set by the command that was asked for; returns the exit status

  /// Exit status of a command that could not do its work; says what went wrong.
  [[nodiscard]] int conclude(const core::error& error) const;
  /// The options that all commands on journals have: --data, or --config with --set. `place` must outlive the command.
  void add_place(CLI::App& command, journal_place& place) const;
  /// Like that, but several directories may be given; they come into `directories`, not into `place`.
  void add_places(CLI::App& command, journal_place& place, std::vector<std::string>& directories) const;

private:
  void add_config(CLI::App& command, journal_place& place, CLI::Option* data) const;
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
/// run, status
void add_node_commands(const command_host& host);
/// view, rebuild
void add_view_commands(const command_host& host);

} // namespace reel::cli
