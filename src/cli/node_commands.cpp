// The command `run`: a node as a configuration describes it.
#include "cli/check_command.hpp"
#include "cli/command_host.hpp"
#include "cli/config/load_settings.hpp"
#include "cli/node_run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace reel::cli {
namespace {

struct run_request {
  settings_request given;
  bool print = false;
  bool explain = false;
  bool allow_unsound = false;
};

int run(const command_host& host, const run_request& asked) {
  if (asked.explain) {
    fmt::print("{}", settings_reference());
    return success;
  }
  auto given = asked.given;
  given.environment = reel_environment();
  const auto loaded = load_settings(given, names_for_settings(*host.choreography));
  if (!loaded)
    throw configuration_error(loaded.error());
  if (asked.print) {
    fmt::print("{}", settings_text(*loaded));
    return success;
  }
  if (const auto faults = asked.allow_unsound ? std::string{} : refusal(*host.choreography); !faults.empty()) {
    fmt::print(stderr, "{}", faults);
    return failure;
  }
  const auto status = run_node(*host.choreography, loaded->values);
  if (status)
    return *status;
  const int told = host.conclude(status.error());
  return status.error().code == core::errc::unavailable ? broker_away : told;
}

} // namespace

void add_node_commands(const command_host& host) {
  const auto asked = std::make_shared<run_request>();
  auto* const command =
      host.app->add_subcommand("run", "Run the services and read models that a configuration names, until SIGTERM");
  command
      ->add_option("--config", asked->given.file,
                   wrapped("The node's configuration, in TOML (default: one node in "
                           "the directory data)"))
      ->type_name("FILE");
  command
      ->add_option("--set", asked->given.assignments,
                   wrapped("Another value for a setting, before file and environment; may be given again"))
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_flag("--print-config", asked->print,
                    wrapped("Only print the settings and where each came from; what is secret is not shown"));
  command->add_flag("--explain-config", asked->explain, wrapped("Only print what all settings mean, in Markdown"));
  command->add_flag("--allow-unsound", asked->allow_unsound,
                    wrapped("Run even when check finds an error in the choreography"));
  command->callback([host, asked] { *host.run = [host, asked] { return run(host, *asked); }; });
}

} // namespace reel::cli
