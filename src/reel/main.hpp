// The main function of every program that is made of a choreography.
#pragma once

#include <reel/descriptor.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reel {

/// An option of a command.
struct command_option {
  std::string name;  ///< "--orders"
  std::string value; ///< what it takes: "N"; empty for a flag, which takes nothing
  std::string description;
  /// Takes the value as it was typed (empty for a flag); returns what is wrong with it, or nothing.
  std::function<std::optional<std::string>(std::string_view value)> set;
};

/// A command of one program, besides those that every program has.
struct command {
  std::string name; ///< "demo"
  std::string description;
  std::vector<command_option> options;
  /// Called when all options are set; returns what is wrong with them together, or nothing. May be empty.
  std::function<std::optional<std::string>()> check;
  /// The command starts the choreography: it is refused while `check` finds an error, unless --allow-unsound is given.
  bool starts = false;
  /// Returns the exit status: 0, or 1 when something went wrong.
  std::function<int()> run;
  /// Commands below this one: `bench window`. A command that has some does nothing by itself.
  std::vector<command> commands;
};

/// Runs the command that the arguments name: run, check, graph, events, state, verify and so on, or one of `commands`.
/// Data goes to stdout, everything else to stderr. Returns the exit status: 0, 1 when something went wrong or was found
/// wrong, 2 for wrong usage, 69 when a node's brokers or directory cannot be used now, 78 for a wrong configuration.
int main(int argc, char** argv, const choreography_info& choreography, const std::vector<command>& commands = {});

} // namespace reel
