#include "cli/summary.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace reel::cli {
namespace {

/// Rounded to `digits` after the point: more would be noise.
double rounded(double value, int digits) {
  const auto scale = std::pow(10.0, digits);
  return std::round(value * scale) / scale;
}

nlohmann::ordered_json counts(const std::vector<named_count>& list) {
  auto result = nlohmann::ordered_json::object();
  for (const auto& entry : list)
    result[entry.name] = entry.count;
  return result;
}

} // namespace

std::string summary_json(const run_report& report) {
  auto invariants = nlohmann::ordered_json::object();
  for (const auto& invariant : report.invariants)
    invariants[invariant.name] = invariant.holds;
  auto rejected = nlohmann::ordered_json::array();
  for (const auto& fault : report.rejected_first)
    rejected.push_back({{"line", fault.line}, {"reason", fault.reason}});
  const nlohmann::ordered_json object{{report.plural, report.flows},
                                      {"completed", report.completed},
                                      {"cancelled", report.cancelled},
                                      {"cancelled_because", counts(report.cancelled_because)},
                                      {"dead_letters", report.dead_letters},
                                      {"waiting_for_compensation", report.waiting_for_compensation},
                                      {"interrupted", report.interrupted},
                                      {"events", report.events},
                                      {"compensations", report.compensations},
                                      {"events_by_type", counts(report.events_by_type)},
                                      {"seconds", rounded(report.seconds, 6)},
                                      {report.plural + "_per_second", rounded(report.flows_per_second(), 1)},
                                      {"events_per_second", rounded(report.events_per_second(), 1)},
                                      {"cpu_seconds", rounded(report.cpu_seconds, 6)},
                                      {"latency_ms",
                                       {{"p50", rounded(report.latency_ms.p50, 3)},
                                        {"p95", rounded(report.latency_ms.p95, 3)},
                                        {"p99", rounded(report.latency_ms.p99, 3)},
                                        {"max", rounded(report.latency_ms.max, 3)}}},
                                      {"disk_bytes", report.disk_bytes},
                                      {"peak_rss_bytes", report.peak_rss_bytes},
                                      {"rejected_lines", report.rejected_lines},
                                      {"rejected_" + report.plural, report.rejected_flows},
                                      {"rejected", rejected},
                                      {"recovered", report.recovered},
                                      {"recovered_" + report.plural, report.recovered_flows},
                                      {"recovered_events", report.recovered_events},
                                      {"recovery_seconds", rounded(report.recovery_seconds, 6)},
                                      {"partitions", report.partitions},
                                      {"durability", report.durability},
                                      {"data", report.directory},
                                      {"invariants_checked", report.checked},
                                      {"invariants", invariants}};
  // A path or a SKU need not be valid UTF-8; the object has to be.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace reel::cli
