// Clusters in memory for tests: a register that accepts what follows its newest record, and members around it.
#pragma once

#include "core/cluster/member.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace reel::test {

inline core::cluster_node node_of(const std::string& name, std::uint64_t life,
                                  const std::vector<core::cluster_service>& services) {
  core::cluster_node n;
  n.name = name;
  n.life = core::node_life{life};
  n.beat = 1;
  n.lease_ms = 3000;
  n.fingerprint = "f";
  n.services = services;
  return n;
}

/// How many partitions of a service (or of all, when it is empty) each node should own.
inline std::map<core::node_life, std::size_t>
loads(const core::cluster_state& state, const std::vector<core::node_life>& owners, const std::string& service = {}) {
  std::map<core::node_life, std::size_t> result;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (service.empty() || state.partitions[i].service == service) {
      ++result[owners[i]];
    }
  }
  return result;
}

/// The journal of a cluster: only the newest record counts, and whoever appends must have seen it.
struct shared_register {
  core::cluster_state newest;
  std::uint64_t sequence = 0;

  bool append(std::uint64_t seen, const core::cluster_state& record) {
    if (seen != sequence) {
      return false;
    }
    newest = core::decode_cluster(core::encode(record)).value();
    ++sequence;
    return true;
  }
};

/// A node without partitions' work: what it is told to do with one is done at once, or by finish().
struct small_node {
  using duration = std::chrono::nanoseconds;

  small_node(shared_register& shared, core::member_options options, std::uint64_t life, duration boot)
      : shared_(&shared), name(options.name), services(options.services), member(std::move(options)), life_(life),
        now(boot) {}

  /// Reads the register.
  void look() {
    member.observe(shared_->newest, now);
    seen_ = shared_->sequence;
    work();
  }
  /// Appends what it has to say, as of what it has seen. False when that was not accepted.
  bool speak() {
    const auto record = member.propose(now, timestamp{}, core::node_life{life_ * 1000 + seen_ + 1});
    if (!record) {
      return true;
    }
    if (!shared_->append(seen_, *record)) {
      return false;
    }
    look();
    return true;
  }
  /// Does with each partition what its role says.
  void work() {
    for (const auto& p : member.state().partitions) {
      const auto order = member.role_of(p.service, p.partition, now);
      using core::local_phase;
      using core::partition_role;
      auto& here = partitions[{p.service, p.partition}];
      if (order.role == partition_role::own && here != local_phase::running) {
        ran.push_back({p.service + "/" + std::to_string(p.partition), order.epoch});
      }
      here = order.role == partition_role::own        ? local_phase::running
             : order.role == partition_role::stand_by ? local_phase::ready
             : keeps_draining                         ? here
                                                      : local_phase::absent;
      member.set_local(p.service, p.partition, here);
    }
  }
  [[nodiscard]] std::size_t owned() const {
    std::size_t count = 0;
    for (const auto& p : shared_->newest.partitions) {
      count += p.owner == member.life() ? 1 : 0;
    }
    return count;
  }

private:
  shared_register* shared_;

public:
  std::string name;
  std::vector<core::cluster_service> services;
  core::cluster_member member;
  std::map<std::pair<std::string, std::uint32_t>, core::local_phase> partitions;
  std::vector<std::pair<std::string, std::uint64_t>> ran; ///< partitions that it started to run, with epochs
  bool keeps_draining = false;                            ///< a partition that it should release goes on for now

private:
  std::uint64_t life_;
  std::uint64_t seen_ = 0;

public:
  duration now;
};

inline core::member_options options_of(const std::string& name, std::vector<core::cluster_service> services) {
  core::member_options options;
  options.name = name;
  options.fingerprint = "f";
  options.services = std::move(services);
  return options;
}

} // namespace reel::test
