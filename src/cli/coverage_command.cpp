#include "cli/coverage_command.hpp"

#include "cli/format.hpp"
#include "cli/journal_scan.hpp"
#include "cli/json_text.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

std::string cause_text(std::string_view cause) {
  return cause.empty() ? std::string{"(outside)"} : std::string{short_name(cause)};
}

/// One line per edge: those with a count, or those without.
std::string lines_of(const coverage_report& report, bool ran, bool colour) {
  std::size_t widest_cause = 0;
  std::size_t widest_event = 0;
  for (const auto& edge : report.edges) {
    widest_cause = std::max(widest_cause, cause_text(edge.cause).size());
    widest_event = std::max(widest_event, short_name(edge.event).size());
  }
  std::string text;
  for (const auto& edge : report.edges) {
    if ((edge.count > 0) != ran)
      continue;
    const auto count = fmt::format("{:>14}", ran ? grouped(edge.count) : "never");
    text += fmt::format("{}  {:<{}} -> {:<{}}  {}{}\n", painted(count, ran ? paint::plain : paint::red, colour),
                        cause_text(edge.cause), widest_cause, short_name(edge.event), widest_event, edge.by,
                        edge.undoes ? ", undoing" : "");
  }
  return text;
}

} // namespace

core::expected<void> cover(transport::log& log, const core::event_registry& registry, edge_coverage& coverage) {
  journal_scan scan{log, registry};
  if (auto opened = scan.open(); !opened)
    return opened;
  coverage.next_log();
  return scan_frames(scan, [&](const core::frame& frame) {
    coverage.observe(frame);
    return true;
  });
}

std::string coverage_text(const std::string& name, const coverage_report& report, bool colour) {
  auto text = fmt::format("{}: {} of {} edges ran ({:.1f} %), {} events\n\n", name, report.covered(),
                          report.edges.size(), report.percent(), grouped(report.events));
  text += lines_of(report, true, colour) + lines_of(report, false, colour);
  if (report.drift.empty())
    return text + "\nno drift: every event came along an edge of the choreography\n";
  text += painted("\ndrift: events that came along no edge of the choreography\n", paint::red, colour);
  for (const auto& edge : report.drift)
    text += fmt::format("{:>14}  {} -> {}\n", grouped(edge.count), cause_text(edge.cause), short_name(edge.event));
  return text;
}

std::string coverage_json(const coverage_report& report) {
  const auto name_or_null = [](std::string_view name) { return name.empty() ? "null" : json_string(name); };
  std::string edges;
  for (const auto& edge : report.edges)
    edges +=
        fmt::format("{}{{\"cause\":{},\"event\":{},\"by\":{},\"undoes\":{},\"count\":{}}}", edges.empty() ? "" : ",",
                    name_or_null(edge.cause), json_string(edge.event), json_string(edge.by), edge.undoes, edge.count);
  std::string drift;
  for (const auto& edge : report.drift)
    drift += fmt::format("{}{{\"cause\":{},\"event\":{},\"count\":{}}}", drift.empty() ? "" : ",",
                         name_or_null(edge.cause), json_string(edge.event), edge.count);
  return fmt::format("{{\"events\":{},\"edges\":[{}],\"total\":{},\"covered\":{},\"percent\":{:.2f},\"drift\":[{}]}}",
                     report.events, edges, report.edges.size(), report.covered(), report.percent(), drift);
}

} // namespace reel::cli
