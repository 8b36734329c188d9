#include "cli/verify.hpp"

#include "cli/format.hpp"
#include "cli/journal_audit.hpp"
#include "cli/json_text.hpp"
#include "cli/quiescence.hpp"
#include "cli/terminal.hpp"
#include "core/compensation_invariant.hpp"
#include "core/timer_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace reel::cli {
namespace {

constexpr std::uint64_t progress_frames = 256;
constexpr const char* journals_invariant = "journals";

struct one_pass {
  std::vector<std::unique_ptr<invariant>> invariants;
  journal_audit audit;
  compensation_backlog backlog{};
  core::timer_watch timers;
};

std::vector<std::unique_ptr<invariant>> make_invariants(const choreography_info& choreography) {
  std::vector<std::unique_ptr<invariant>> result;
  for (const auto& make : choreography.invariants)
    result.push_back(make());
  // Every choreography promises this one, so it need not be listed.
  auto compensation = std::make_unique<core::compensation_invariant>(choreography);
  const bool listed = std::any_of(result.begin(), result.end(),
                                  [&](const auto& checked) { return checked->name() == compensation->name(); });
  if (!listed)
    result.push_back(std::move(compensation));
  return result;
}

core::expected<void> read_all(journal_scan& scan, one_pass& pass, verify_result& result,
                              const verify_options& options) {
  auto& statistics = *result.statistics;
  return scan_frames(scan, [&](const core::frame& frame) {
    pass.audit.observe(frame);
    pass.backlog.observe(frame, scan);
    pass.timers.observe(frame);
    for_each_fact(frame, scan, [&](const fact& event) {
      if (event.type == nullptr)
        return;
      statistics.observe(event);
      for (const auto& invariant : pass.invariants)
        invariant->observe(event);
    });
    if (pass.audit.frames() % progress_frames != 0)
      return true;
    if (options.on_progress)
      options.on_progress(pass.audit.events());
    result.complete = !options.give_up || !options.give_up();
    return result.complete;
  });
}

void conclude(std::unique_ptr<invariant>& checked, bool quiescent, verify_result& result) {
  auto violations = checked->finish(quiescent);
  invariant_result summary{.name = std::string{checked->name()}, .holds = violations.empty()};
  summary.violation_count = violations.size();
  for (auto& found : violations) {
    if (summary.violations.size() == violations_kept_max)
      break;
    summary.violations.push_back(found.what);
    result.violations.push_back(std::move(found));
  }
  result.invariants.push_back(std::move(summary));
}

/// The audit's findings in the form of an invariant, so that all violations are told alike.
void conclude_audit(const journal_audit& audit, const core::timer_watch& timers, verify_result& result) {
  invariant_result summary{.name = journals_invariant, .holds = audit.finding_count() == 0};
  summary.violation_count = audit.finding_count();
  for (const auto& finding : audit.findings()) {
    if (summary.violations.size() == violations_kept_max)
      break;
    summary.violations.push_back(finding.what);
    result.violations.push_back({.invariant = journals_invariant, .what = finding.what, .flow = finding.correlation});
  }
  for (const auto& [flow, what] : timers.findings()) {
    summary.holds = false;
    if (++summary.violation_count <= violations_kept_max) {
      summary.violations.push_back(what);
      result.violations.push_back({.invariant = journals_invariant, .what = what, .flow = flow});
    }
  }
  if (audit.unknown_events() > 0) {
    summary.holds = false;
    ++summary.violation_count;
    summary.violations.push_back(
        fmt::format("{} events are of types that this program does not know", audit.unknown_events()));
    result.violations.push_back({.invariant = journals_invariant, .what = summary.violations.back()});
  }
  result.invariants.push_back(std::move(summary));
}

core::expected<void> add_timelines(transport::log& log, verify_result& result) {
  std::vector<correlation_id> flows;
  for (const auto& found : result.violations)
    if (found.flow != correlation_id{})
      flows.push_back(found.flow);
    else if (!found.key.empty())
      flows.push_back(core::correlation_of(found.key));
  if (flows.empty())
    return {};
  auto timelines = collect_timelines(log, *result.registry, flows);
  if (!timelines)
    return tl::unexpected(std::move(timelines.error()));
  result.timelines = std::move(*timelines);
  return {};
}

} // namespace

bool verify_result::holds() const noexcept {
  return std::all_of(invariants.begin(), invariants.end(), [](const auto& entry) { return entry.holds; });
}

core::expected<verify_result> verify(transport::log& log, const choreography_info& choreography,
                                     const verify_options& options) {
  verify_result result;
  result.registry = std::make_unique<core::event_registry>(choreography.events);
  result.statistics = std::make_unique<flow_statistics>(*result.registry);
  journal_scan scan{log, *result.registry};
  if (auto opened = scan.open(); !opened)
    return tl::unexpected(std::move(opened.error()));
  one_pass pass{make_invariants(choreography), journal_audit{scan}, {}, {choreography, *result.registry}};
  if (auto done = read_all(scan, pass, result, options); !done)
    return tl::unexpected(std::move(done.error()));
  if (!result.complete)
    return result;

  result.frames = pass.audit.frames();
  result.events = pass.audit.events();
  result.dead_letters = pass.audit.dead_letters();
  result.owed_effects = pass.audit.owed_effects();
  result.inputs_complete = pass.audit.inputs_complete();
  result.flow = choreography.flow;
  result.deadlines_started = pass.timers.started();
  result.deadlines_passed = pass.timers.passed();
  result.deadlines_armed = pass.timers.armed();
  auto waiting = pass.backlog.find(log, choreography, *result.registry);
  if (!waiting)
    return tl::unexpected(std::move(waiting.error()));
  result.waiting = std::move(*waiting);
  const bool is_open = !result.waiting.empty() || pass.timers.armed() > 0; // something will or must still happen
  const auto quiescent = options.quiescent ? core::expected<bool>{*options.quiescent}
                         : is_open         ? core::expected<bool>{false}
                                           : is_quiescent(log, choreography, *result.registry, pass.audit);
  if (!quiescent)
    return tl::unexpected(quiescent.error());
  result.quiescent = *quiescent;
  for (auto& checked : pass.invariants)
    conclude(checked, result.quiescent, result);
  conclude_audit(pass.audit, pass.timers, result);
  if (auto told = add_timelines(log, result); !told)
    return tl::unexpected(std::move(told.error()));
  return result;
}

core::expected<std::vector<timeline>> collect_timelines(transport::log& log, const core::event_registry& registry,
                                                        const std::vector<correlation_id>& flows) {
  std::map<correlation_id, timeline> found;
  for (const auto flow : flows)
    found[flow];
  journal_scan scan{log, registry};
  if (auto opened = scan.open(); !opened)
    return tl::unexpected(std::move(opened.error()));
  const auto done = scan_frames(scan, [&](const core::frame& frame) {
    for_each_fact(frame, scan, [&](const fact& event) {
      const auto place = found.find(event.correlation);
      if (place == found.end() || event.type == nullptr)
        return;
      if (place->second.empty())
        place->second.flow = std::string{event.key};
      place->second.entries.push_back(entry_of(event));
    });
    return true;
  });
  if (!done)
    return tl::unexpected(done.error());
  std::vector<timeline> result;
  for (const auto flow : flows)
    if (auto place = found.find(flow); place != found.end() && !place->second.empty()) {
      result.push_back(std::move(place->second));
      found.erase(place);
    }
  return result;
}

std::string verify_text(const verify_result& result, bool colour) {
  std::string out = fmt::format("{} frames with {} events{}\n", grouped(result.frames), grouped(result.events),
                                result.quiescent ? "" : "; the run is not over, so open flows do not count");
  if (result.dead_letters > 0)
    out += painted(fmt::format("{} dead letters\n", grouped(result.dead_letters)), paint::red, colour);
  if (result.owed_effects > 0)
    out += fmt::format("{} effects are under way: the world has not answered\n", grouped(result.owed_effects));
  if (result.deadlines_armed > 0)
    out += fmt::format("{} deadlines are armed\n", grouped(result.deadlines_armed));
  out += backlog_text(result.waiting, result.flow, colour);
  for (const auto& checked : result.invariants)
    out += fmt::format("  {:<14} {}\n", checked.name,
                       checked.holds ? painted("holds", paint::green, colour)
                                     : painted(fmt::format("BROKEN, {} violations", grouped(checked.violation_count)),
                                               paint::red, colour));
  for (const auto& found : result.violations)
    out += fmt::format("\n{}{}: {}\n", painted(found.invariant, paint::bold, colour),
                       found.key.empty() ? std::string{} : fmt::format(" ({})", printable(found.key)),
                       printable(found.what));
  for (const auto& story : result.timelines)
    out += fmt::format("\nTimeline of {}\n{}", printable(story.flow), render(story, colour));
  return out;
}

std::string verify_json(const verify_result& result) {
  std::string invariants, violations;
  for (const auto& checked : result.invariants)
    invariants += fmt::format("{}{}:{}", invariants.empty() ? "" : ",", json_string(checked.name), checked.holds);
  for (const auto& found : result.violations)
    violations += fmt::format("{}{{\"invariant\":{},\"what\":{},\"key\":{}}}", violations.empty() ? "" : ",",
                              json_string(found.invariant), json_string(found.what), json_string(found.key));
  return fmt::format(
      "{{\"holds\":{},\"frames\":{},\"events\":{},\"dead_letters\":{},\"waiting_for_compensation\":{},"
      "\"owed_effects\":{},\"deadlines_armed\":{},\"quiescent\":{},\"invariants\":{{{}}},\"violations\":[{}]}}",
      result.holds(), result.frames, result.events, result.dead_letters, backlog_json(result.waiting),
      result.owed_effects, result.deadlines_armed, result.quiescent, invariants, violations);
}

} // namespace reel::cli
