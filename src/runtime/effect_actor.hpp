// The actor that makes the calls of one service's effects, for all its partitions on this node.
#pragma once

#include "core/effect_runner.hpp"
#include "runtime/caf.hpp"
#include "runtime/environment.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace reel::runtime {

/// Gets what is owed from the partitions once it is committed, and sends results back. Owns no durable state: what it
/// has not answered when it ends is owed still, and is handed over again by whoever owns the partition next.
///
/// Calls begin here and must not block; their ends come from any thread, through this actor's mailbox. So limits,
/// breaker and coroutines live in one place without locks.
class effect_actor : public caf::event_based_actor {
public:
  effect_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t service);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "effects";
  }

private:
  class host;

  void on_owed(const owed_batch& batch);
  void deliver();
  void run_timers();
  void arm();
  void publish_status();

  std::shared_ptr<const environment> env_;
  const planned_service* service_;
  std::shared_ptr<host> host_;
  std::vector<std::unique_ptr<core::effect_runner>> runners_;
  std::vector<effect_status*> status_;                                              // by runner
  std::map<std::pair<std::size_t, std::size_t>, core::effect_runner*> by_reaction_; // actor, reaction
  std::map<std::uint32_t, caf::actor> partitions_;                                  // by journal in the plan
  std::optional<timestamp> armed_;
};

} // namespace reel::runtime
