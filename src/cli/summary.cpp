#include "cli/summary.hpp"

#include "cli/format.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

/// "payment declined" of "payment_declined", "PaymentFailed" of "shop.payment.PaymentFailed".
std::string reason_text(std::string_view reason) {
  std::string result{reason.empty() ? std::string_view{"no reason given"} : short_name(reason)};
  std::replace(result.begin(), result.end(), '_', ' ');
  return result;
}

/// Appends "  label          text".
void add(std::string& out, std::string_view label, const std::string& text) {
  out += fmt::format("  {:<14} {}\n", label, text);
}

void add_endings(std::string& out, const run_report& report, bool colour) {
  // A run that was stopped is not counted through: how its flows ended is for the run that goes on with it to say.
  if (report.interrupted && report.completed + report.cancelled == 0)
    return add(out, "ended by now", fmt::format("{:>11}", grouped(report.flows_ended_now)));
  add(out, "completed",
      fmt::format("{:>11}  {:>7}", grouped(report.completed), percentage(report.completed, report.flows)));
  add(out, "cancelled",
      fmt::format("{:>11}  {:>7}", grouped(report.cancelled), percentage(report.cancelled, report.flows)));
  for (const auto& reason : report.cancelled_because)
    out += fmt::format("    {:>24}  {:>7}  {}\n", grouped(reason.count), percentage(reason.count, report.flows),
                       reason_text(reason.name));
  const auto ended = report.completed + report.cancelled;
  if (ended < report.flows)
    add(out, "not ended",
        fmt::format("{:>11}  {:>7}", grouped(report.flows - ended), percentage(report.flows - ended, report.flows)));
  if (report.dead_letters > 0)
    add(out, "dead letters", painted(fmt::format("{:>11}", grouped(report.dead_letters)), paint::red, colour));
  if (report.waiting_for_compensation > 0)
    add(out, "not undone",
        painted(fmt::format("{:>11}  parked: see verify", grouped(report.waiting_for_compensation)), paint::red,
                colour));
}

void add_measures(std::string& out, const run_report& report) {
  add(out, "time",
      fmt::format("{:.2f} s: {} {}/s, {} events/s", report.seconds,
                  grouped(static_cast<std::uint64_t>(report.flows_per_second())), report.plural,
                  grouped(static_cast<std::uint64_t>(report.events_per_second()))));
  if (report.cpu_seconds > 0 && report.flows_ended_now > 0)
    add(out, "processor",
        fmt::format("{:.2f} s, {:.1f} us per {}", report.cpu_seconds,
                    report.cpu_seconds * 1e6 / static_cast<double>(report.flows_ended_now), report.flow));
  const auto& latency = report.latency_ms;
  if (latency.max > 0)
    add(out, "latency",
        fmt::format("p50 {}, p95 {}, p99 {}, at most {}", human_ms(latency.p50), human_ms(latency.p95),
                    human_ms(latency.p99), human_ms(latency.max)));
  if (report.durability == "broker") {
    add(out, "disk",
        fmt::format("{} of snapshots and read models; the broker has the journals", human_bytes(report.disk_bytes)));
    add(out, "memory", fmt::format("{} at most", human_bytes(report.peak_rss_bytes)));
    return;
  }
  add(out, "disk",
      fmt::format("{}{}{}", human_bytes(report.disk_bytes),
                  report.flows > 0
                      ? fmt::format(", {} bytes per {}", grouped(report.disk_bytes / report.flows), report.flow)
                      : std::string{},
                  report.durability.empty() ? std::string{} : fmt::format(" (durability {})", report.durability)));
  add(out, "memory", fmt::format("{} at most", human_bytes(report.peak_rss_bytes)));
}

void add_events(std::string& out, const run_report& report) {
  out +=
      fmt::format("\n  {} events, {} of them compensations\n", grouped(report.events), grouped(report.compensations));
  for (const auto& type : report.events_by_type)
    out += fmt::format("    {:>24}  {}\n", grouped(type.count), type.name);
}

void add_rejected(std::string& out, const run_report& report, bool colour) {
  if (report.rejected_lines == 0)
    return;
  out += painted(fmt::format("\n  {} lines of the input were rejected", grouped(report.rejected_lines)), paint::yellow,
                 colour);
  if (report.rejected_flows > 0)
    out += fmt::format(", and {} {} with all their lines", grouped(report.rejected_flows), report.plural);
  out += "\n";
  constexpr std::size_t shown_max = 5;
  for (std::size_t i = 0; i < std::min(shown_max, report.rejected_first.size()); ++i)
    out += fmt::format("    line {}: {}\n", report.rejected_first[i].line, printable(report.rejected_first[i].reason));
  if (report.rejected_lines > shown_max && report.rejected_first.size() >= shown_max)
    out += fmt::format("    ... and {} more\n", grouped(report.rejected_lines - shown_max));
}

void add_invariants(std::string& out, const run_report& report, bool colour) {
  if (!report.checked) {
    out += "\n  invariants not checked: there was more to read than a stop should wait for; `verify --data` does it\n";
    return;
  }
  out += report.interrupted ? "\n  invariants, checked from the journals as far as they go\n"
                            : "\n  invariants, checked from the journals\n";
  for (const auto& invariant : report.invariants) {
    out += fmt::format(
        "    {:<14} {}\n", invariant.name,
        invariant.holds
            ? painted("holds", paint::green, colour)
            : painted(fmt::format("BROKEN, {} times", grouped(std::max<std::uint64_t>(1, invariant.violation_count))),
                      paint::red, colour));
    for (const auto& violation : invariant.violations)
      out += fmt::format("      {}\n", printable(violation));
  }
}

void add_timelines(std::string& out, const run_report& report, bool colour) {
  for (const auto& told : report.timelines) {
    out += fmt::format("\n  {}\n", painted(printable(told.title), paint::bold, colour));
    out += render(told.story, colour, "    ");
  }
}

} // namespace

std::string summary_text(const run_report& report, bool colour) {
  std::string out = fmt::format("\n{}\n", painted(report.title, paint::bold, colour));
  if (report.recovered)
    out += fmt::format("  went on from an earlier run: {} {}, {} events read back in {:.2f} s\n",
                       grouped(report.recovered_flows), report.plural, grouped(report.recovered_events),
                       report.recovery_seconds);
  if (report.interrupted)
    out += painted(
        fmt::format("  stopped before all {} ended; the same command with the same --data goes on\n", report.plural),
        paint::yellow, colour);
  out += "\n";
  add(out, report.plural, fmt::format("{:>11}", grouped(report.flows)));
  add_endings(out, report, colour);
  out += "\n";
  add_measures(out, report);
  add_events(out, report);
  add_rejected(out, report, colour);
  add_invariants(out, report, colour);
  add_timelines(out, report, colour);
  if (!report.directory.empty())
    out += fmt::format("\n  journals {} {}\n", report.directory_kept ? "kept in" : "were in (now removed)",
                       report.directory);
  return out;
}

} // namespace reel::cli
