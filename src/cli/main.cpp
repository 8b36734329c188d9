#include "cli/check_command.hpp"
#include "cli/command_host.hpp"
#include "cli/data_directory.hpp"
#include "cli/events_command.hpp"
#include "cli/format.hpp"
#include "cli/graph_command.hpp"
#include "cli/logging.hpp"
#include "cli/progress.hpp"
#include "cli/state_command.hpp"
#include "cli/terminal.hpp"
#include "cli/verify.hpp"
#include "core/nearest_name.hpp"

#include <reel/main.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

namespace reel {
namespace {

using cli::failure;
using cli::success;
using cli::waiting;
using cli::wrapped;
using cli::wrong_usage;

constexpr int follow_wait_ms = 200;

constexpr std::size_t option_columns = 26;

/// Builds the command line of a program and runs what was asked for.
class command_line {
public:
  command_line(const choreography_info& choreography, const std::vector<command>& commands)
      : choreography_{&choreography}, app_{"The choreography " + choreography.name +
                                           ": services that react to events"} {
    app_.name(choreography.name);
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(option_columns);
    app_.failure_message(CLI::FailureMessage::simple);
    for (const auto& extra : commands)
      add(extra, app_);
    add_check();
    cli::add_drawing_commands(host());
    add_events();
    add_state();
    cli::add_watching_commands(host());
    cli::add_saga_commands(host());
    cli::add_view_commands(host());
    cli::add_dead_letter_commands(host());
    cli::add_node_commands(host());
    add_verify();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& asked_for_help) {
      return app_.exit(asked_for_help);
    } catch (const CLI::ParseError& error) {
      if (app_.get_subcommands().empty() && argc > 1 && argv[1][0] != '-')
        return refuse(core::no_such_name("command", argv[1], command_names()));
      return refuse(error.what() + nearest_option(argc, argv));
    }
    return run_();
  }

private:
  [[nodiscard]] cli::command_host host() {
    return {choreography_, &app_, &run_};
  }
  int conclude(const core::error& error) {
    return host().conclude(error);
  }

  [[nodiscard]] std::vector<std::string_view> command_names() const {
    std::vector<std::string_view> names;
    for (const auto* sub : app_.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(sub->get_name());
    return names;
  }

  /// "; did you mean --json?" for the first option that the chosen command does not have.
  [[nodiscard]] std::string nearest_option(int argc, char** argv) const {
    const CLI::App* const chosen = app_.get_subcommands().empty() ? &app_ : app_.get_subcommands().front();
    std::vector<std::string> known;
    for (const auto* option : chosen->get_options())
      if (!option->get_lnames().empty())
        known.push_back("--" + option->get_lnames().front());
    const std::vector<std::string_view> views(known.begin(), known.end());
    for (int i = 1; i < argc; ++i) {
      const auto given = std::string_view{argv[i]}.substr(0, std::string_view{argv[i]}.find('='));
      if (!given.starts_with("--") || std::find(views.begin(), views.end(), given) != views.end())
        continue;
      const auto near = core::nearest_name(given, views);
      return near.empty() ? std::string{} : fmt::format("; did you mean {}?", near);
    }
    return {};
  }

  int refuse(const std::string& sentence) const {
    std::string help = choreography_->name;
    for (const auto* chosen : app_.get_subcommands())
      help += " " + chosen->get_name();
    fmt::print(stderr, "{}: {}\nTry {} --help.\n", choreography_->name, sentence, help);
    return wrong_usage;
  }

  void add(const command& extra, CLI::App& parent) {
    auto* const sub = parent.add_subcommand(extra.name, extra.description);
    if (!extra.commands.empty()) {
      sub->require_subcommand(1);
      for (const auto& below : extra.commands)
        add(below, *sub);
      return;
    }
    for (const auto& option : extra.options) {
      const auto take = [set = option.set, name = option.name](const std::string& value) {
        if (const auto wrong = set(value))
          throw CLI::ValidationError(name, *wrong);
      };
      if (option.value.empty())
        sub->add_flag_callback(
            option.name, [take] { take({}); }, wrapped(option.description));
      else
        sub->add_option_function<std::string>(option.name, take, wrapped(option.description))->type_name(option.value);
    }
    const auto unsound = std::make_shared<bool>(!extra.starts);
    if (extra.starts)
      sub->add_flag("--allow-unsound", *unsound, wrapped("Run even when check finds an error in the choreography"));
    sub->callback([this, unsound, check = extra.check, run = extra.run] {
      run_ = [this, unsound, check, run] {
        if (const auto wrong = check ? check() : std::nullopt)
          return refuse(*wrong);
        if (const auto faults = *unsound ? std::string{} : cli::refusal(*choreography_); !faults.empty()) {
          fmt::print(stderr, "{}", faults);
          return failure;
        }
        return run();
      };
    });
  }

  // Examples for the help, from the program's own words.
  [[nodiscard]] std::string a_service() const {
    return choreography_->services.empty() ? "service" : choreography_->services.front().name;
  }
  [[nodiscard]] std::string an_actor() const {
    if (choreography_->services.empty() || choreography_->services.front().actors.empty())
      return "Actor";
    return std::string{choreography_->services.front().actors.front().name};
  }
  [[nodiscard]] std::string an_event() const {
    return choreography_->events.empty() ? "Event" : std::string{cli::short_name(choreography_->events.front().name)};
  }

  void add_check() {
    const auto json = std::make_shared<bool>(false);
    auto* const sub = app_.add_subcommand(
        "check", "Prove that every step is undone after every failure and every flow ends; exit status 1 when not");
    sub->add_flag("--json", *json, "Print one JSON object");
    sub->callback([this, json] {
      run_ = [this, json] {
        const auto result = cli::check_choreography(*choreography_);
        fmt::print("{}", *json ? result.json : result.text);
        return result.sound ? success : failure;
      };
    });
  }

  void add_events() {
    struct asked {
      cli::journal_place place;
      cli::events_options options;
    };
    const auto given = std::make_shared<asked>();
    auto* const sub = app_.add_subcommand("events", "Print what the journals hold, causes before effects");
    host().add_place(*sub, given->place);
    const auto& flow = choreography_->flow.name;
    sub->add_option(flow == "flow" ? "--flow" : "--" + flow + ",--flow", given->options.flow,
                    "Only the events of this " + flow)
        ->type_name("KEY");
    sub->add_option("--service", given->options.service,
                    fmt::format("Only of this service, source or journal: {0}, {0}/0", a_service()))
        ->type_name("NAME");
    sub->add_option("--type", given->options.type, "Only of this type: " + an_event())->type_name("TYPE");
    sub->add_flag("--json", given->options.json, "Print one JSON object per event");
    sub->add_flag("--follow", given->options.follow, "Go on with what is committed from now on");
    sub->callback([this, given] { run_ = [this, given] { return run_events(given->place, given->options); }; });
  }

  int run_events(const cli::journal_place& place, const cli::events_options& options) {
    const auto log = cli::open_for_reading(place, *choreography_);
    if (!log)
      return conclude(log.error());
    const auto print = [](std::string_view line) {
      return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF;
    };
    const auto wait = [] {
      std::fflush(stdout);
      poll(nullptr, 0, follow_wait_ms);
      return true;
    };
    const auto done = cli::print_events(**log, *choreography_, options, print, wait);
    return done ? success : conclude(done.error());
  }

  void add_state() {
    struct asked {
      cli::journal_place place;
      cli::state_options options;
    };
    const auto given = std::make_shared<asked>();
    auto* const sub = app_.add_subcommand("state", "Fold the state of one entity, now or as of an earlier moment");
    host().add_place(*sub, given->place);
    sub->add_option("SERVICE", given->options.service, "The service: " + a_service())->required();
    sub->add_option("KIND", given->options.kind, "The kind of entity: " + an_actor())->required();
    sub->add_option("KEY", given->options.key, "The entity's key")->required();
    sub->add_option("--at", given->options.at,
                    fmt::format("A frame (17, {}/0:17) or a time (2026-01-31T12:00:00Z), inclusive", a_service()))
        ->type_name("POSITION|TIME");
    sub->callback([this, given] {
      run_ = [this, given] {
        const auto log = cli::open_for_reading(given->place, *choreography_);
        if (!log)
          return conclude(log.error());
        const auto state = cli::entity_state(**log, *choreography_, given->options);
        if (!state)
          return conclude(state.error());
        fmt::print("{}\n", *state);
        return success;
      };
    });
  }

  void add_verify() {
    struct asked {
      cli::journal_place place;
      bool json = false;
      bool running = false;
      bool over = false;
    };
    const auto given = std::make_shared<asked>();
    auto* const sub =
        app_.add_subcommand("verify", "Check all invariants from the journals alone; exit status 1 when one is broken");
    host().add_place(*sub, given->place);
    sub->add_flag("--json", given->json, "Print the result as one JSON object");
    auto* const running = sub->add_flag("--running", given->running,
                                        "The run is not over: open flows are no violation (default: "
                                        "found out from the journals)");
    sub->add_flag("--over", given->over, "The run is over: every open flow is a violation")->excludes(running);
    sub->callback([this, given] {
      run_ = [this, given] {
        cli::verify_options options;
        if (given->running || given->over)
          options.quiescent = given->over;
        return run_verify(given->place, options, given->json);
      };
    });
  }

  int run_verify(const cli::journal_place& place, cli::verify_options options, bool json) {
    const auto log = cli::open_for_reading(place, *choreography_);
    if (!log)
      return conclude(log.error());
    cli::progress_display display;
    const auto start = std::chrono::steady_clock::now();
    options.on_progress = [&](std::uint64_t events) {
      const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start;
      display.update({.phase = "checking", .seconds = since.count(), .events = events});
    };
    const auto result = cli::verify(**log, *choreography_, options);
    display.clear();
    if (!result)
      return conclude(result.error());
    if (json)
      fmt::print("{}\n", cli::verify_json(*result));
    else
      fmt::print("{}", cli::verify_text(*result, cli::wants_colour(stdout)));
    return !result->holds() ? failure : result->waiting.empty() ? success : waiting;
  }

  const choreography_info* choreography_;
  CLI::App app_;
  std::function<int()> run_ = [] { return wrong_usage; };
};

} // namespace

int main(int argc, char** argv, const choreography_info& choreography, const std::vector<command>& commands) {
  cli::log_to_standard_error();
  try {
    const int status = command_line{choreography, commands}.run(argc, argv);
    return std::fflush(stdout) == 0 ? status : std::max(status, failure);
  } catch (const cli::configuration_error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return cli::wrong_config;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", choreography.name, error.what());
    return failure;
  }
}

} // namespace reel
