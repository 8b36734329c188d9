// The commands `run` and `status`: a node as a configuration describes it.
#include "cli/broker.hpp"
#include "cli/check_command.hpp"
#include "cli/command_host.hpp"
#include "cli/config/load_settings.hpp"
#include "cli/data_directory.hpp"
#include "cli/node_run.hpp"
#include "cli/status_command.hpp"
#include "cli/terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <poll.h>

#include <chrono>
#include <cstdio>
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

struct status_request {
  journal_place place;
  bool json = false;
  bool watch = false;
};

int status(const command_host& host, const status_request& asked) {
  constexpr int refresh_ms = 1000;
  const auto& configured = asked.place.configured();
  if (configured.transport != log_transport::nats)
    return host.conclude({core::errc::invalid, "log.transport: with the embedded log there is no cluster to ask; verify, "
                                               "sagas and dlq list tell about its journals"});
  auto log = open_broker(configured.nats);
  if (!log)
    return log.error().code == core::errc::unavailable ? (host.conclude(log.error()), broker_away)
                                                       : host.conclude(log.error());
  for (;;) {
    auto view = transport::load_cluster(**log, configured.cluster);
    if (!view)
      return host.conclude(view.error());
    const auto now = timestamp{std::chrono::system_clock::now()};
    const auto result = status_of(std::move(*view), configured.cluster, *host.choreography, now);
    if (asked.watch && !asked.json && is_terminal(stdout))
      fmt::print("\x1b[H\x1b[2J"); // from the top of an empty screen
    fmt::print("{}", asked.json ? status_json(result) + "\n" : status_text(result));
    if (!asked.watch || std::fflush(stdout) != 0)
      return result.well() ? success : failure;
    poll(nullptr, 0, refresh_ms);
  }
}

void add_status(const command_host& host) {
  const auto asked = std::make_shared<status_request>();
  auto* const command = host.app->add_subcommand(
      "status", "Show a cluster's nodes, who owns what, positions and lag; exit status 1 when something has no owner");
  asked->place.names = names_for_settings(*host.choreography);
  command->add_option("--config", asked->place.config, "The configuration of any of its nodes")
      ->type_name("FILE")
      ->required();
  command->add_option("--set", asked->place.assignments, "Another value for a setting; may be given again")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_flag("--json", asked->json, "Print one JSON object (each second with --watch)");
  command->add_flag("--watch", asked->watch, "Go on, once a second");
  command->callback([host, asked] { *host.run = [host, asked] { return status(host, *asked); }; });
}

} // namespace

void add_node_commands(const command_host& host) {
  add_status(host);
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
