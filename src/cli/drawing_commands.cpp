// The commands that show what the choreography can do, read from its types alone.
#include "cli/asyncapi.hpp"
#include "cli/command_host.hpp"
#include "cli/docs_site.hpp"
#include "cli/graph_command.hpp"
#include "cli/graphviz.hpp"
#include "core/fingerprint.hpp"
#include "core/graph.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
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
  const auto picture = svg_of_dot(core::to_dot(core::make_graph(*host.choreography), &docs_page_of));
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

core::expected<core::fingerprint> read_fingerprint(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return core::fail(core::errc::not_found, fmt::format("{} cannot be read", path));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto print = core::parse_fingerprint(text);
  if (!print)
    return core::fail(print.error().code, fmt::format("{}: {}", path, print.error().what));
  return print;
}

int compare_fingerprints(const command_host& host, const std::string& path) {
  const auto theirs = read_fingerprint(path);
  if (!theirs)
    return host.conclude(theirs.error());
  const auto found = core::compare(core::fingerprint_of(*host.choreography), *theirs);
  for (const auto& difference : found.differences)
    fmt::print("{}\n", difference);
  fmt::print("{}\n", found.differences.empty() ? "the same"
                     : found.compatible()      ? "compatible: both may run on the same journals at the same time"
                     : found.we_read           ? "this program reads what the other writes, not the reverse: stop the "
                                                 "other before this one starts"
                     : found.they_read         ? "the other program reads what this one writes, not the reverse"
                                               : "incompatible: neither reads all that the other writes");
  return found.compatible() ? success : failure;
}

void add_fingerprint(const command_host& host) {
  const auto other = std::make_shared<std::string>();
  auto* const command = host.app->add_subcommand(
      "fingerprint",
      "Print what nodes must have in common: hashes of all schemas and of the graph, and what they cover");
  command
      ->add_option("--against", *other,
                   wrapped("Say how this program differs from one that printed this file; exit status 1 when the two "
                           "must not run on the same journals at the same time"))
      ->type_name("FILE");
  command->callback([host, other] {
    *host.run = [host, other] {
      if (!other->empty())
        return compare_fingerprints(host, *other);
      fmt::print("{}", core::to_text(core::fingerprint_of(*host.choreography)));
      return success;
    };
  });
}

} // namespace

void add_drawing_commands(const command_host& host) {
  add_graph(host);
  add_asyncapi(host);
  add_docs(host);
  add_fingerprint(host);
}

} // namespace reel::cli
