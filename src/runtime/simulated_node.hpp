// One life of a node in a simulation: from its start to its crash or its end, under a virtual clock and CAF's
// deterministic scheduler.
#pragma once

#include "runtime/node.hpp"
#include "runtime/simulation.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace reel::runtime {

/// Decides which reactions throw. Outlives the lives of nodes, so that no reaction throws more often than it may.
class throwing_reactions {
public:
  throwing_reactions(const simulation_options& options, std::uint64_t& count) : options_(&options), count_(&count) {}

  [[nodiscard]] bool chooses(const core::delivery& d, const core::event_view& event);

private:
  const simulation_options* options_;
  std::uint64_t* count_;
  std::map<std::string, std::uint32_t> thrown_;
};

/// How a node of a cluster is named, and how far its monotonic clock is from that of the others.
struct simulated_identity {
  std::string name = "node";
  std::optional<cluster_options> cluster;
  std::chrono::nanoseconds boot_offset{};
};

/// Steps are chosen by the driver; nothing runs by itself. Options, plan and storage must outlive it.
class simulated_node {
public:
  simulated_node(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                 const simulation_options& options, throwing_reactions& throwing, std::mt19937_64& random,
                 std::chrono::nanoseconds start, simulated_identity identity = {});
  ~simulated_node();

  [[nodiscard]] bool begin(const std::string& source, std::function<std::shared_ptr<feed>()> input);
  /// Whether step() has something to do now.
  [[nodiscard]] bool can_step() const;
  /// Runs an actor, or completes an operation of the log. True for the latter: that takes time.
  bool step();
  /// Lets the next timer go off. False when there is none.
  bool trigger_timeout();
  void advance(std::chrono::nanoseconds time);
  /// The process dies: nothing that is under way has an effect any more.
  void crash();
  /// Asks it to end in order.
  void stop();
  [[nodiscard]] bool stopped() const;
  void end();

  [[nodiscard]] std::chrono::nanoseconds now() const;
  [[nodiscard]] const node_status& status() const;
  [[nodiscard]] const transport::simulated_counters& log_counters() const;
  void trace(std::string_view line) const;

private:
  struct host;

  [[nodiscard]] transport::simulated_options traced(transport::simulated_options log) const;
  [[nodiscard]] environment make_environment(const std::shared_ptr<const plan>& plan,
                                             const simulation_options& options);

  std::mt19937_64& random_;
  std::chrono::nanoseconds start_;
  const simulation_options* options_;
  throwing_reactions& throwing_;
  simulated_identity identity_;
  std::unique_ptr<host> host_;
  transport::simulated_log log_;
  transport::simulated_snapshots snapshots_;
  node node_;
};

} // namespace reel::runtime
