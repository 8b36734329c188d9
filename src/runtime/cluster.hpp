// How a node takes part in a cluster, and how anybody looks at one.
//
// A node is a member when environment::cluster is set. What it runs is plan_options::hosts and the partition counts of
// the plan; the cluster's name is plan_options::cluster; the node's name is environment::node_name. Without
// environment::cluster the node is alone and runs every partition of what it hosts.
//
// Whoever feeds a source hosts it: plan_options::hosts names the source, and node::feed_source() gives the input. A
// process that only feeds hosts nothing else.
//
// To look at a cluster without being a member: transport::load_cluster (transport/cluster_journal.hpp), on any log.
#pragma once

#include "core/cluster/member.hpp"
#include "runtime/plan.hpp"
#include "transport/cluster_journal.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace reel::runtime {

struct cluster_options {
  /// Others take over what a node owns when they have not seen its heartbeat for this time; it steps down by itself
  /// when none was committed for as long. A heartbeat is written three times as often.
  std::chrono::milliseconds lease{3000};
  /// Of schemas and choreography, short and for people. Nodes with another one are refused, unless `disagreement`
  /// finds that both can work beside each other.
  std::string fingerprint;
  /// Why they cannot; empty when they can. Null: they never can.
  std::function<std::string(const std::string& ours, const std::string& theirs)> disagreement;
};

/// What a node says of itself to the others.
[[nodiscard]] core::member_options member_options_of(const std::string& node_name, const plan& plan,
                                                     const cluster_options& options);

/// The machine's CLOCK_BOOTTIME.
[[nodiscard]] std::chrono::nanoseconds boot_time();

} // namespace reel::runtime
