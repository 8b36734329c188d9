#include "cli/submit_report.hpp"

#include "cli/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace reel::cli {
namespace {

double rounded(double value, int digits) {
  const auto scale = std::pow(10.0, digits);
  return std::round(value * scale) / scale;
}

double per_second(const submit_report& report) {
  return report.seconds > 0 ? static_cast<double>(report.ended_now) / report.seconds : 0;
}

void add(std::string& out, std::string_view label, std::uint64_t count, const std::string& note) {
  out += fmt::format("  {:<18} {:>11}{}{}\n", label, grouped(count), note.empty() ? "" : "  ", note);
}

/// How it stands, when it is not over.
std::string outlook(const submit_report& report) {
  if (report.timed_out)
    return fmt::format("\nTime is up: {} {} have not ended. `sagas --stuck` shows those that will not go on by "
                       "themselves; the same command waits again.\n",
                       grouped(report.open()), report.plural);
  if (report.interrupted)
    return fmt::format("\nInterrupted. The same command goes on; none of the {} is submitted twice.\n", report.plural);
  if (!report.waited && report.open() > 0)
    return fmt::format("\nNot waited for: {} {} were under way.\n", grouped(report.open()), report.plural);
  return {};
}

} // namespace

std::string submit_text(const submit_report& report) {
  std::string out = report.title + "\n\n";
  add(out, "submitted", report.submitted,
      report.submitted_before > 0 ? grouped(report.submitted_before) + " of them before" : "");
  if (report.already_there > 0)
    add(out, "left out", report.already_there, "another input had brought " + report.plural + " with these keys");
  if (report.rejected_lines > 0)
    add(out, "rejected lines", report.rejected_lines,
        fmt::format("and {} {} because of them", grouped(report.rejected_flows), report.plural));
  add(out, "completed", report.completed, percentage(report.completed, report.submitted));
  add(out, "cancelled", report.cancelled, percentage(report.cancelled, report.submitted));
  if (report.open() > 0)
    add(out, "not ended", report.open(), percentage(report.open(), report.submitted));
  if (report.ended_now > 0) {
    out += fmt::format("\n  {:<14} {:.2f} s: {} {}/s\n", "time", report.seconds,
                       grouped(static_cast<std::uint64_t>(per_second(report))), report.plural);
    const auto& latency = report.latency_ms;
    out += fmt::format("  {:<14} p50 {}, p95 {}, p99 {}, at most {}\n", "latency", human_ms(latency.p50),
                       human_ms(latency.p95), human_ms(latency.p99), human_ms(latency.max));
  }
  return out + outlook(report);
}

std::string submit_json(const submit_report& report) {
  const nlohmann::ordered_json object{{report.plural, report.total},
                                      {"submitted", report.submitted},
                                      {"submitted_before", report.submitted_before},
                                      {"already_there", report.already_there},
                                      {"completed", report.completed},
                                      {"cancelled", report.cancelled},
                                      {"open", report.open()},
                                      {"ended_now", report.ended_now},
                                      {"seconds", rounded(report.seconds, 6)},
                                      {report.plural + "_per_second", rounded(per_second(report), 1)},
                                      {"latency_ms",
                                       {{"p50", rounded(report.latency_ms.p50, 3)},
                                        {"p95", rounded(report.latency_ms.p95, 3)},
                                        {"p99", rounded(report.latency_ms.p99, 3)},
                                        {"max", rounded(report.latency_ms.max, 3)}}},
                                      {"rejected_lines", report.rejected_lines},
                                      {"rejected_" + report.plural, report.rejected_flows},
                                      {"stored", report.stored()},
                                      {"waited", report.waited},
                                      {"interrupted", report.interrupted},
                                      {"timed_out", report.timed_out},
                                      {"input", report.input}};
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace reel::cli
