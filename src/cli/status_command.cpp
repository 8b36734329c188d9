#include "cli/status_command.hpp"

#include "cli/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace reel::cli {
namespace {

double seconds_since(timestamp then, timestamp now) {
  return std::max(0.0, std::chrono::duration<double>(now - then).count());
}

std::uint64_t owned_by(const cluster_status& status, const core::cluster_node& node) {
  const auto& all = status.view.state.partitions;
  return static_cast<std::uint64_t>(
      std::count_if(all.begin(), all.end(), [&](const auto& p) { return p.owner == node.life; }));
}

std::string state_of(const status_row& row) {
  if (row.owner.empty())
    return row.source ? "idle" : "NO OWNER";
  return row.figures.running ? "running" : "starting or halted";
}

} // namespace

bool cluster_status::well() const {
  return !silent && !rows.empty() && std::all_of(rows.begin(), rows.end(), [](const status_row& row) {
    return row.source || (!row.owner.empty() && row.figures.running);
  });
}

cluster_status status_of(transport::cluster_view view, const std::string& cluster,
                         const choreography_info& choreography, timestamp now) {
  cluster_status result{cluster, now, std::move(view), {}, false};
  const auto& state = result.view.state;
  for (const auto& p : state.partitions) {
    const auto* owner = state.find(p.owner);
    const bool source = std::any_of(choreography.sources.begin(), choreography.sources.end(),
                                    [&](const auto& s) { return s.name == p.service; });
    result.rows.push_back({fmt::format("{}/{}", p.service, p.partition), owner == nullptr ? std::string{} : owner->name,
                           p.epoch, source, p.figures});
  }
  std::uint32_t lease_ms = 0;
  for (const auto& node : state.nodes)
    lease_ms = std::max(lease_ms, node.lease_ms);
  constexpr double ms = 1000;
  result.silent = state.nodes.empty() || seconds_since(result.view.written, now) > 2 * lease_ms / ms;
  return result;
}

std::string status_text(const cluster_status& status) {
  std::string out = fmt::format("cluster {}, register written {:.1f} s ago\n\n", status.cluster,
                                seconds_since(status.view.written, status.now));
  if (status.silent)
    out += "no node is alive: what follows is what the last one wrote\n\n";
  out += fmt::format("  {:<20} {:<8} {:>10} {:>10} {:>10} {:>7}\n", "NODE", "STATE", "PARTITIONS", "TAKEOVERS",
                     "HANDOVERS", "FENCED");
  for (const auto& node : status.view.state.nodes)
    out += fmt::format("  {:<20} {:<8} {:>10} {:>10} {:>10} {:>7}\n", printable(node.name),
                       node.leaving ? "leaving" : "member", owned_by(status, node), node.takeovers, node.handovers,
                       node.fenced);
  out += fmt::format("\n  {:<16} {:<20} {:>6} {:>10} {:>6} {:>8} {:>6}  {}\n", "PARTITION", "OWNER", "EPOCH", "FRAME",
                     "LAG", "PENDING", "DEAD", "STATE");
  for (const auto& row : status.rows)
    out += fmt::format("  {:<16} {:<20} {:>6} {:>10} {:>6} {:>8} {:>6}  {}\n", row.journal,
                       row.owner.empty() ? "-" : printable(row.owner), row.epoch, grouped(row.figures.sequence),
                       grouped(row.figures.lag_frames), row.figures.pending, row.figures.dead_letters, state_of(row));
  return out;
}

std::string status_json(const cluster_status& status) {
  auto nodes = nlohmann::ordered_json::array();
  for (const auto& node : status.view.state.nodes)
    nodes.push_back({{"name", node.name},
                     {"leaving", node.leaving},
                     {"partitions", owned_by(status, node)},
                     {"lease_ms", node.lease_ms},
                     {"takeovers", node.takeovers},
                     {"handovers", node.handovers},
                     {"fenced", node.fenced}});
  auto partitions = nlohmann::ordered_json::array();
  for (const auto& row : status.rows)
    partitions.push_back({{"journal", row.journal},
                          {"source", row.source},
                          {"owner", row.owner.empty() ? nlohmann::ordered_json{} : nlohmann::ordered_json(row.owner)},
                          {"epoch", row.epoch},
                          {"running", row.figures.running},
                          {"frame", row.figures.sequence},
                          {"lag_frames", row.figures.lag_frames},
                          {"pending", row.figures.pending},
                          {"dead_letters", row.figures.dead_letters}});
  const nlohmann::ordered_json object{{"cluster", status.cluster},
                                      {"well", status.well()},
                                      {"silent", status.silent},
                                      {"register_age_seconds", seconds_since(status.view.written, status.now)},
                                      {"nodes", nodes},
                                      {"partitions", partitions}};
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace reel::cli
