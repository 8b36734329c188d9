#include "cli/graph_command.hpp"

#include "cli/names.hpp"
#include "core/graph.hpp"
#include "core/graph_selection.hpp"

namespace reel::cli {
namespace {

std::string with_line_break(std::string text) {
  return text.ends_with('\n') ? text : text + "\n";
}

} // namespace

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
