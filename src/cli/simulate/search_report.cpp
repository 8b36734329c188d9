#include "cli/format.hpp"
#include "cli/simulate/search.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reel::cli {

namespace {

std::string failure_text(const search_result& result, const failed_seed& failed) {
  std::string text = fmt::format("\nseed {} failed: {}\n", failed.as_found.seed, failed.result.what);
  if (failed.smallest.flows != failed.as_found.flows || failed.smallest.faults != failed.as_found.faults) {
    text += fmt::format("  shrunk from {} {} and faults {}\n", failed.as_found.flows, result.flows,
                        faults_text(failed.as_found.faults));
  }
  text += fmt::format("  again: {}\n", repeat_command(result, failed.smallest));
  if (!failed.result.report.empty()) {
    text += "\n" + failed.result.report;
  }
  return text;
}

} // namespace

std::string search_text(const search_result& result) {
  std::string text;
  for (const auto& failed : result.failed) {
    text += failure_text(result, failed);
  }
  const auto rate = [&](double amount) { return result.seconds > 0 ? amount / result.seconds : 0; };
  const auto& log = result.log;
  text += fmt::format("{}{} events in {} steps; {} crashes, {} reactions that threw\n", text.empty() ? "" : "\n",
                      grouped(result.events), grouped(result.steps), grouped(result.crashes), grouped(result.throws));
  text += fmt::format(
      "appends: {} stored, {} refused, {} lost, {} stored without an answer, {} that others were faster "
      "with\n",
      grouped(log.committed), grouped(log.refused), grouped(log.lost), grouped(log.unanswered), grouped(log.conflicts));
  const auto& owned = result.ownership;
  text += fmt::format(
      "clusters: {}; {} pauses, {} leaves; partitions: {} taken over, {} handed over, {} fenced; nodes: {} "
      "expelled alive, {} stepped down\n",
      grouped(result.clusters), grouped(owned.pauses), grouped(owned.leaves), grouped(owned.takeovers),
      grouped(owned.handovers), grouped(owned.fenced), grouped(owned.expulsions), grouped(owned.step_downs));
  text += fmt::format("{:.1f} s: {:.0f} seeds/s, {:.2f} simulated hours ({:.1f} times as fast as the clock)\n",
                      result.seconds, rate(static_cast<double>(result.passed + result.failed.size())),
                      result.virtual_hours, rate(result.virtual_hours * 3600));
  text += fmt::format("runs made twice, the same each time: {}\n", result.repeated);
  if (result.regressions != 0) {
    text += fmt::format("kept failures run again: {}\n", result.regressions);
  }
  text += fmt::format("{} passed, {} failed\n", result.passed, result.failed.size());
  return text;
}

std::string search_json(const search_result& result) {
  auto failures = nlohmann::ordered_json::array();
  for (const auto& failed : result.failed) {
    failures.push_back({{"seed", failed.as_found.seed},
                        {"what", failed.result.what},
                        {"flows", failed.smallest.flows},
                        {"faults", faults_text(failed.smallest.faults)},
                        {"again", repeat_command(result, failed.smallest)}});
  }
  const nlohmann::ordered_json json{
      {"passed", result.passed},
      {"failed", result.failed.size()},
      {"failures", failures},
      {"events", result.events},
      {"steps", result.steps},
      {"crashes", result.crashes},
      {"throws", result.throws},
      {"appends",
       {{"stored", result.log.committed},
        {"refused", result.log.refused},
        {"lost", result.log.lost},
        {"unanswered", result.log.unanswered},
        {"conflicts", result.log.conflicts}}},
      {"clusters",
       {{"runs", result.clusters},
        {"pauses", result.ownership.pauses},
        {"leaves", result.ownership.leaves},
        {"takeovers", result.ownership.takeovers},
        {"handovers", result.ownership.handovers},
        {"fenced", result.ownership.fenced},
        {"expulsions", result.ownership.expulsions},
        {"step_downs", result.ownership.step_downs}}},
      {"runs_made_twice", result.repeated},
      {"regressions", result.regressions},
      {"seconds", result.seconds},
      {"simulated_hours", result.virtual_hours},
  };
  return json.dump() + "\n";
}

} // namespace reel::cli
