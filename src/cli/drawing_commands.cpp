// The commands that show what the choreography can do, read from its types alone.
#include "cli/asyncapi.hpp"
#include "cli/command_host.hpp"
#include "cli/docs_site.hpp"
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

void add_asyncapi(const command_host& host) {
  auto* const command =
      host.app->add_subcommand("asyncapi", "Print all events, channels and operations as an AsyncAPI 3.0 document");
  command->callback([host] {
    *host.run = [host] {
      fmt::print("{}", to_asyncapi(*host.choreography));
      return success;
    };
  });
}

int write_docs(const command_host& host, const std::string& folder) {
  const auto dot = draw_choreography(*host.choreography, "dot");
  if (!dot)
    return host.conclude(dot.error());
  const auto picture = svg_of_dot(*dot);
  if (!picture)
    fmt::print(stderr, "{}: without the picture of the whole: {}\n", host.choreography->name, picture.error().what);
  const auto pages = docs_pages(*host.choreography, picture ? *picture : std::string{});
  if (const auto written = write_pages(pages, folder); !written)
    return host.conclude(written.error());
  fmt::print("{} files; start at {}/index.html\n", pages.size(), folder);
  return success;
}

void add_docs(const command_host& host) {
  const auto folder = std::make_shared<std::string>();
  auto* const command = host.app->add_subcommand(
      "docs", "Write a small web site: every event, who publishes it, who reacts, every path as a sequence diagram");
  command->add_option("DIR", *folder, "The folder to write to")->required();
  command->callback([host, folder] { *host.run = [host, folder] { return write_docs(host, *folder); }; });
}

} // namespace

void add_drawing_commands(const command_host& host) {
  add_graph(host);
  add_asyncapi(host);
  add_docs(host);
}

} // namespace reel::cli
