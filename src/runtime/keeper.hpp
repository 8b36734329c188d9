// The actor that keeps a node's place in its cluster: heartbeats, claims, releases, and what they mean for partitions.
#pragma once

#include "core/cluster/member.hpp"
#include "runtime/caf.hpp"
#include "runtime/environment.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace reel::runtime {

/// One per node in a cluster. Reads the newest record of the cluster's journal, lets core::cluster_member decide,
/// appends what it proposes and orders the services what to run. At most one append is under way; what became of it,
/// the journal itself says. Never blocks.
class keeper : public caf::event_based_actor {
public:
  /// `services`: by index in plan::services; empty handles where a service is not hosted here.
  keeper(caf::actor_config& config, std::shared_ptr<const environment> env, std::vector<caf::actor> services);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "keeper";
  }

private:
  void tick();
  void look();
  void on_read(const journal_read& result);
  void on_answer(const append_answer& answer);
  void on_report(const partition_report& report);
  void act();
  void speak();
  void give_orders();
  void note_progress();
  void maybe_end();
  void observe(core::cluster_state state);
  [[nodiscard]] core::partition_figures figures(std::string_view service, std::uint32_t partition) const;
  [[nodiscard]] core::node_life draw_life();
  [[nodiscard]] std::size_t journal_of(std::size_t service, std::uint32_t partition) const {
    return env_->plan_->services[service].journals[partition];
  }

  std::shared_ptr<const environment> env_;
  std::vector<caf::actor> services_;
  core::cluster_member member_;
  journal_id journal_{};
  core::genesis_record genesis_;
  transport::journal_tail tail_;
  std::shared_ptr<void> watch_;

  bool reading_ = false;
  bool read_again_ = false;
  std::uint64_t ticket_ = 0;
  core::sealed_frame proposed_; // the append under way
  core::cluster_state proposed_state_;
  bool appending_ = false;
  bool waits_for_tick_ = false; // the log refuses, or does not know: no hurry
  bool broken_ = false;         // the cluster's journal cannot be read any more
  bool ending_ = false;
  std::uint64_t lives_drawn_ = 0;

  std::map<std::pair<std::size_t, std::uint32_t>, core::cluster_member::order> ordered_;
  std::map<std::pair<std::size_t, std::uint32_t>, core::local_phase> phases_;
  std::map<std::size_t, std::uint64_t> fenced_; // by journal: how often, as known here
  core::cluster_member::phase was_ = core::cluster_member::phase::watching;
  bool held_lease_ = false;
};

} // namespace reel::runtime
