// The command `sagas`: the ledger of flows under way.
#include "cli/command_host.hpp"
#include "cli/data_directory.hpp"
#include "cli/sagas_command.hpp"
#include "cli/terminal.hpp"
#include "cli/trace_command.hpp"
#include "runtime/saga_file.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <poll.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

namespace reel::cli {
namespace {

constexpr int refresh_ms = 1000;

struct sagas_request {
  journal_place place;
  sagas_options options;
  bool json = false;
  bool watch = false;
};

timestamp now() {
  return timestamp{std::chrono::system_clock::now()};
}

/// One saga: what the ledger knows and what happened; one that has ended is told by its events alone.
int show_one(const command_host& host, const sagas_request& asked, transport::log& log, const saga_fold& fold) {
  const auto overview = overview_of(fold, asked.options, now());
  if (asked.json) {
    fmt::print("{}\n", sagas_json(fold, overview));
    return success;
  }
  const auto key = overview.sagas.empty() ? asked.options.correlation : overview.sagas.front().content.key;
  const auto found = trace_flow(log, *host.choreography, key);
  if (!found)
    return host.conclude(found.error());
  for (const auto& status : overview.sagas)
    fmt::print("{}\n", saga_text(fold, status, overview.now, wants_colour(stdout)));
  if (overview.sagas.empty())
    fmt::print("{} is not under way: nothing is to be done or undone for it\n\n", key);
  fmt::print("{}", render(found->story, wants_colour(stdout)));
  return success;
}

void show_all(const sagas_request& asked, const saga_fold& fold) {
  const auto overview = overview_of(fold, asked.options, now());
  if (asked.json) {
    fmt::print("{}\n", sagas_json(fold, overview));
    return;
  }
  if (asked.watch && is_terminal(stdout))
    fmt::print("\x1b[H\x1b[2J"); // from the top of an empty screen
  fmt::print("{}", sagas_text(fold, overview, wants_colour(stdout)));
}

int sagas(const command_host& host, const sagas_request& asked) {
  const auto log = open_for_reading(asked.place, *host.choreography);
  if (!log)
    return host.conclude(log.error());
  saga_fold fold{**log, *host.choreography};
  if (auto opened = fold.open(runtime::saga_file(asked.place.views())); !opened)
    return host.conclude(opened.error());
  for (;;) {
    if (auto advanced = fold.advance(); !advanced)
      return host.conclude(advanced.error());
    if (!asked.options.correlation.empty())
      return show_one(host, asked, **log, fold);
    show_all(asked, fold);
    if (!asked.watch || std::fflush(stdout) != 0)
      return success;
    poll(nullptr, 0, refresh_ms);
  }
}

} // namespace

void add_saga_commands(const command_host& host) {
  const auto asked = std::make_shared<sagas_request>();
  auto* const command = host.app->add_subcommand(
      "sagas", "Show the flows under way: done, in progress and with whom, still to do, undo owed");
  host.add_place(*command, asked->place);
  auto& options = asked->options;
  auto* const stuck = command->add_flag(
      "--stuck", options.stuck,
      wrapped("Only those that will not go on by themselves, or in which nothing has happened for 30 s"));
  auto* const compensating =
      command->add_flag("--compensating", options.compensating, "Only those in which something has failed");
  auto* const failed = command->add_flag("--failed", options.failed, "Only those that will not go on by themselves");
  command
      ->add_option("--correlation", options.correlation,
                   "Only this one: the key that started it, or a correlation as JSON shows it")
      ->type_name("ID")
      ->excludes(stuck)
      ->excludes(compensating)
      ->excludes(failed);
  command
      ->add_option_function<std::string>(
          "--older-than",
          [asked](const std::string& text) {
            asked->options.older_than = parse_duration(text);
            if (!asked->options.older_than)
              throw CLI::ValidationError("--older-than", text + " is no duration: expected 30s, 5m, 2h, 500ms");
          },
          "Only those in which nothing has happened for so long: 30s, 5m")
      ->type_name("TIME");
  command->add_option("--limit", options.limit, "Show so many at most; 0 shows all")->capture_default_str();
  command->add_flag("--json", asked->json, "Print one JSON object (each second with --watch)");
  command->add_flag("--watch", asked->watch, "Go on, once a second");
  command->callback([host, asked] { *host.run = [host, asked] { return sagas(host, *asked); }; });
}

} // namespace reel::cli
