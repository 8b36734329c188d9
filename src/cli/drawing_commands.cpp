// The commands that show what the choreography can do, read from its types alone.
#include "cli/command_host.hpp"
#include "cli/graph_command.hpp"
#include "cli/graphviz.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace reel::cli {
namespace {

struct graph_request {
  std::string format = "mermaid";
  graph_part part;
};

int draw(const command_host& host, const graph_request& asked) {
  const bool as_svg = asked.format == "svg";
  const auto drawing = draw_choreography(*host.choreography, as_svg ? "dot" : asked.format, asked.part);
  if (!drawing)
    return host.conclude(drawing.error());
  if (!as_svg) {
    fmt::print("{}", *drawing);
    return success;
  }
  const auto svg = svg_of_dot(*drawing);
  if (!svg)
    return host.conclude(svg.error());
  fmt::print("{}", *svg);
  return success;
}

void add_graph(const command_host& host) {
  const auto asked = std::make_shared<graph_request>();
  auto* const command = host.app->add_subcommand("graph", "Draw who publishes what and who reacts to it");
  command->add_option("--format", asked->format, "mermaid, dot, json, or svg (needs Graphviz)")
      ->check(CLI::IsMember({"mermaid", "dot", "json", "svg"}))
      ->capture_default_str();
  command->add_option("--service", asked->part.service, "Only what this service or source publishes and reacts to")
      ->type_name("NAME");
  command->add_option("--from", asked->part.from, "Only what may follow from this event")
      ->type_name("EVENT")
      ->excludes("--service");
  command->callback([host, asked] { *host.run = [host, asked] { return draw(host, *asked); }; });
}

} // namespace

void add_drawing_commands(const command_host& host) {
  add_graph(host);
}

} // namespace reel::cli
