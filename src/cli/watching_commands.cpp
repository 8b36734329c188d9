// The commands that show what the choreography did and is doing, read from its journals.
#include "cli/command_host.hpp"
#include "cli/coverage_command.hpp"
#include "cli/data_directory.hpp"
#include "cli/sequence_diagram.hpp"
#include "cli/terminal.hpp"
#include "cli/trace_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace reel::cli {
namespace {

struct trace_request {
  journal_place place;
  std::string key;
  std::string format = "text";
  bool json = false;
};

int trace(const command_host& host, const trace_request& asked) {
  const auto log = open_for_reading(asked.place, *host.choreography);
  if (!log)
    return host.conclude(log.error());
  const auto found = trace_flow(**log, *host.choreography, asked.key);
  if (!found)
    return host.conclude(found.error());
  if (asked.json || asked.format == "json")
    fmt::print("{}\n", trace_json(*found));
  else if (asked.format == "mermaid")
    fmt::print("{}", to_mermaid(diagram_of(found->story)));
  else
    fmt::print("{}", render(found->story, wants_colour(stdout)));
  return success;
}

void add_trace(const command_host& host) {
  const auto asked = std::make_shared<trace_request>();
  auto* const command = host.app->add_subcommand("trace", "Tell what happened to one " + host.choreography->flow.name +
                                                              ", causes before effects");
  command->add_option("KEY", asked->key, "The key of the event that started it")->required();
  host.add_place(*command, asked->place);
  command->add_option("--format", asked->format, "text, mermaid (a sequence diagram) or json")
      ->check(CLI::IsMember({"text", "mermaid", "json"}))
      ->capture_default_str();
  command->add_flag("--json", asked->json, "The same as --format json");
  command->callback([host, asked] { *host.run = [host, asked] { return trace(host, *asked); }; });
}

struct coverage_request {
  journal_place place;                  ///< of --config
  std::vector<std::string> directories; ///< of --data
  double require = 0;
  bool json = false;
};

int coverage(const command_host& host, const coverage_request& asked) {
  const core::event_registry registry{host.choreography->events};
  edge_coverage covered{*host.choreography, registry};
  std::vector<journal_place> places{asked.place};
  if (asked.place.config.empty())
    places.clear();
  for (const auto& directory : asked.directories)
    places.emplace_back().data = directory;
  for (const auto& place : places) {
    const auto log = open_for_reading(place, *host.choreography);
    if (!log)
      return host.conclude(log.error());
    if (const auto done = cover(**log, registry, covered); !done)
      return host.conclude(done.error());
  }
  const auto report = covered.report();
  fmt::print("{}", asked.json ? coverage_json(report) + "\n"
                              : coverage_text(host.choreography->name, report, wants_colour(stdout)));
  for (const auto& edge : report.drift)
    fmt::print(stderr, "{}: drift: {} events {} along no edge of the choreography (cause: {})\n",
               host.choreography->name, edge.count, edge.event, edge.cause.empty() ? "none" : edge.cause);
  if (report.percent() < asked.require)
    fmt::print(stderr, "{}: {:.1f} % of the edges ran, {} % are required\n", host.choreography->name, report.percent(),
               asked.require);
  return report.percent() < asked.require || !report.drift.empty() ? failure : success;
}

void add_coverage(const command_host& host) {
  constexpr double all = 100;
  const auto asked = std::make_shared<coverage_request>();
  auto* const command = host.app->add_subcommand(
      "coverage", "Lay journals over the choreography: which edges ran, how often, and which never");
  host.add_places(*command, asked->place, asked->directories);
  command
      ->add_option("--require", asked->require,
                   wrapped("Exit status 1 when less than PERCENT of the edges ran; "
                           "events along no edge at all always give 1"))
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, all));
  command->add_flag("--json", asked->json, "Print one JSON object");
  command->callback([host, asked] { *host.run = [host, asked] { return coverage(host, *asked); }; });
}

} // namespace

void add_watching_commands(const command_host& host) {
  add_trace(host);
  add_coverage(host);
}

} // namespace reel::cli
