#include "cli/node_run.hpp"

#include "cli/logging.hpp"
#include "cli/node_log.hpp"
#include "cli/node_views.hpp"
#include "cli/stop_signals.hpp"
#include "runtime/node.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace reel::cli {
namespace {

constexpr auto stop_wait = std::chrono::seconds(30);

/// Tells which partitions this process got and lost, once for each change.
class ownership_log {
public:
  explicit ownership_log(std::size_t journals) : epochs_(journals) {}

  void look(const runtime::node& node) {
    for (std::size_t j = 0; j < epochs_.size(); ++j) {
      const auto& partition = node.status().partition(j);
      const auto epoch = partition.running ? partition.epoch.load() : 0;
      if (epoch == epochs_[j])
        continue;
      const auto& journal = node.plan().journals[j].name;
      if (epoch != 0)
        spdlog::info("partition.owned journal={} epoch={} frame={} recovered_frames={}", journal, epoch,
                     partition.sequence.load(), partition.recovered_frames.load());
      else
        spdlog::info("partition.left journal={} epoch={}", journal, epochs_[j]);
      epochs_[j] = epoch;
    }
  }

private:
  std::vector<std::uint64_t> epochs_; // 0: not ours
};

class node_process {
public:
  node_process(const settings& configured, node_log opened) : settings_{&configured}, opened_{std::move(opened)} {}

  core::expected<int> run(const stop_signals& signals) {
    runtime::actor_host host(std::max(2U, std::thread::hardware_concurrency()));
    runtime::node node(host.system(), make_environment(*settings_, opened_));
    if (auto good = node.open(); !good)
      return tl::unexpected(good.error());
    for (const auto& view : make_node_views(opened_.plan, settings_->data / "views",
                                            [this](std::string_view name) { return settings_->keeps(name); }))
      node.observe(view, true);
    node.start();
    say_started(node);
    ownership_log owned{opened_.plan->journals.size()};
    do
      owned.look(node);
    while (!signals.wait_tick() && node.status().membership != runtime::membership::refused);
    const bool refused = node.status().membership == runtime::membership::refused;
    spdlog::info("node.stopping node={} reason={}", settings_->node_name, refused ? "refused" : "signal");
    stop_in_order(node, signals, stop_wait);
    opened_.snapshots.reset();
    opened_.log.reset();
    if (refused)
      for (const auto& alarm : node.status().alarms())
        spdlog::critical("node.refused reason=\"{}\"", alarm);
    const auto alarms = node.status().alarms().size();
    spdlog::info("node.stopped node={} halted_journals={}", settings_->node_name, alarms);
    return alarms == 0 ? 0 : 1;
  }

private:
  void say_started(const runtime::node& node) {
    std::string services;
    for (const auto& service : node.plan().services)
      services += (services.empty() ? "" : ",") + service.info.name;
    spdlog::info("node.started node={} cluster={} transport={} services={} journals={}", settings_->node_name,
                 settings_->cluster, settings_->transport == log_transport::nats ? "nats" : "embedded", services,
                 node.plan().journals.size());
  }

  const settings* settings_;
  node_log opened_;
};

} // namespace

core::expected<int> run_node(const choreography_info& choreography, const settings& configured) {
  const stop_signals signals; // before any thread is started
  log_as_node(configured.log_level, configured.log_format == "json", configured.node_name);
  auto opened = open_node_log(choreography, configured);
  if (!opened)
    return tl::unexpected(opened.error());
  return node_process{configured, std::move(*opened)}.run(signals);
}

} // namespace reel::cli
