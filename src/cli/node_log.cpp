#include "cli/node_log.hpp"

#include "cli/broker.hpp"
#include "core/fingerprint.hpp"
#include "transport/embedded/embedded_log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>

namespace reel::cli {
namespace {

core::expected<void> make_directory(const std::filesystem::path& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed)
    return core::fail(core::errc::io,
                      fmt::format("cannot make the directory {}: {}", directory.string(), failed.message()));
  return {};
}

core::expected<std::unique_ptr<transport::log>> open_log(const settings& configured,
                                                         const core::event_registry& registry) {
  if (configured.transport == log_transport::nats) {
    auto options = configured.nats;
    options.registry = &registry;
    options.client_name = configured.node_name;
    return open_broker(std::move(options));
  }
  auto options = configured.embedded;
  options.registry = &registry;
  auto opened = transport::embedded_log::open(std::move(options));
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  return std::unique_ptr<transport::log>{std::move(*opened)};
}

/// Why programs of these fingerprints cannot run beside each other.
std::string disagreement(const std::string& ours, const std::string& theirs) {
  const auto our_print = core::parse_fingerprint(ours);
  const auto their_print = core::parse_fingerprint(theirs);
  if (!our_print || !their_print)
    return "its fingerprint cannot be read";
  const auto result = core::compare(*our_print, *their_print);
  if (result.compatible())
    return {};
  return result.differences.empty() ? "the programs differ" : result.differences.front();
}

} // namespace

std::shared_ptr<const runtime::plan> make_plan(const choreography_info& choreography, const settings& configured) {
  runtime::plan_options options{configured.cluster, configured.partitions, {}};
  for (const auto& service : choreography.services)
    options.partitions_of[service.name] = configured.partitions_of(service.name);
  if (configured.transport == log_transport::nats) {
    options.hosts.emplace();
    for (const auto& service : choreography.services)
      if (configured.feeds.empty() && configured.hosts(service.name))
        options.hosts->insert(service.name);
    if (!configured.feeds.empty()) // who feeds a source hosts it, and nothing else
      options.hosts->insert(configured.feeds);
  }
  return std::make_shared<const runtime::plan>(choreography, options);
}

core::expected<node_log> open_node_log(const choreography_info& choreography, const settings& configured) {
  node_log result;
  result.plan = make_plan(choreography, configured);
  const bool feeds_cluster = configured.transport == log_transport::nats && !configured.feeds.empty();
  if (feeds_cluster) { // keeps nothing here, and may run beside the node of this directory
    auto log = open_log(configured, result.plan->registry);
    if (!log)
      return tl::unexpected(log.error());
    result.log = std::move(*log);
    return result;
  }
  if (auto made = make_directory(configured.data); !made)
    return tl::unexpected(made.error());
  const bool same = configured.transport == log_transport::embedded && configured.embedded.directory == configured.data;
  if (!same) { // the embedded log locks its own
    auto lock = transport::directory_lock::take(configured.data);
    if (!lock)
      return tl::unexpected(lock.error());
    result.lock = std::move(*lock);
  }
  auto log = open_log(configured, result.plan->registry);
  if (!log)
    return tl::unexpected(log.error());
  result.log = std::move(*log);
  result.snapshots = std::make_unique<transport::embedded_snapshots>(configured.data);
  return result;
}

runtime::environment make_environment(const settings& configured, const node_log& opened) {
  runtime::environment env;
  env.node_name = configured.node_name;
  env.plan_ = opened.plan;
  env.log = opened.log.get();
  env.snapshots = opened.snapshots.get();
  env.now = [] { return timestamp{std::chrono::system_clock::now()}; };
  env.status = std::make_shared<runtime::node_status>(opened.plan->journals.size());
  env.limits = configured.limits;
  if (configured.transport == log_transport::nats) {
    runtime::cluster_options cluster;
    cluster.lease = configured.lease;
    cluster.fingerprint = core::to_text(core::fingerprint_of(opened.plan->choreography));
    cluster.disagreement = disagreement;
    env.cluster = std::move(cluster);
  }
  return env;
}

void stop_in_order(runtime::node& node, const stop_signals& signals, std::chrono::milliseconds wait) {
  node.begin_stop();
  const auto limit = std::chrono::steady_clock::now() + wait;
  while (!node.ended() && std::chrono::steady_clock::now() < limit) {
    if (signals.wait_tick()) {
      spdlog::warn("node.aborted reason=\"a second signal\"");
      std::_Exit(130); // committed frames are safe, the rest is read again
    }
  }
  if (!node.await_stop(std::chrono::milliseconds(1)))
    spdlog::error("node.stop_incomplete");
}

} // namespace reel::cli
