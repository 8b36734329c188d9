#include "cli/graph_command.hpp"

#include "cli/json_text.hpp"
#include "cli/names.hpp"
#include "core/check.hpp"
#include "core/graph.hpp"
#include "core/graph_selection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

std::string with_line_break(std::string text) {
  return text.ends_with('\n') ? text : text + "\n";
}

const char* word_of(core::severity severity) {
  return severity == core::severity::fault ? "error" : "warning";
}

} // namespace

checked_choreography check_choreography(const choreography_info& choreography) {
  const auto graph = core::make_graph(choreography);
  const auto findings = core::check(choreography);
  checked_choreography result;
  std::string objects;
  for (const auto& finding : findings) {
    result.sound = result.sound && finding.how_bad != core::severity::fault;
    result.text +=
        fmt::format("{}: {}: {} [{}]\n", word_of(finding.how_bad), finding.where, finding.text, finding.code);
    objects += fmt::format("{}{{\"severity\":\"{}\",\"code\":{},\"where\":{},\"what\":{}}}", objects.empty() ? "" : ",",
                           word_of(finding.how_bad), json_string(finding.code), json_string(finding.where),
                           json_string(finding.text));
  }
  result.text +=
      fmt::format("{}: {} services, {} event types: {}\n", choreography.name, choreography.services.size(),
                  graph.events.size(), findings.empty() ? "no faults" : fmt::format("{} findings", findings.size()));
  result.json = fmt::format("{{\"sound\":{},\"findings\":[{}]}}\n", result.sound, objects);
  return result;
}

core::expected<std::string> draw_choreography(const choreography_info& choreography, std::string_view format,
                                              const graph_part& part) {
  auto graph = core::make_graph(choreography);
  if (!part.service.empty()) {
    const auto service = find_home(choreography, part.service);
    if (!service)
      return tl::unexpected(service.error());
    graph = core::around_service(graph, *service);
  }
  if (!part.from.empty()) {
    const auto event = find_event(choreography, part.from);
    if (!event)
      return tl::unexpected(event.error());
    graph = core::following_event(graph, (*event)->name);
  }
  if (format == "dot")
    return with_line_break(core::to_dot(graph));
  if (format == "json")
    return with_line_break(core::to_json(graph));
  return with_line_break(core::to_mermaid(graph));
}

} // namespace reel::cli
