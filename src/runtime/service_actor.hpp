// The supervisor of one service: starts its partitions, and starts them again when they fail.
#pragma once

#include "runtime/caf.hpp"
#include "runtime/environment.hpp"
#include "runtime/partition_actor.hpp"

#include <memory>
#include <vector>

namespace reel::runtime {

/// Supervision goes one way: long-lived supervisors monitor their children, never the other way round. On a node that
/// is alone it runs all partitions; in a cluster it does what the keeper says, and tells it what became of that.
class service_actor : public caf::event_based_actor {
public:
  service_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t service,
                std::vector<caf::actor> readers, feed_maker input);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "service";
  }

private:
  struct slot {
    caf::actor partition; // empty: ended
    partition_order order;
    bool owns = false;  // it was told to own its journal
    bool ready = false; // it stands by with all that there is
    bool waits = false; // to be started again
    bool halted = false;
  };

  void start(std::size_t index);
  void on_order(const partition_order& order);
  void carry_out(std::size_t index);
  void on_down(const caf::down_msg& down);
  void on_end(std::size_t index, bool failed, bool halted);
  void report(std::size_t index, core::local_phase phase, bool failed = false);
  void end_when_empty();
  [[nodiscard]] bool clustered() const {
    return env_->cluster.has_value();
  }
  [[nodiscard]] std::size_t journal_of(std::size_t index) const {
    return env_->plan_->services[service_].journals[index];
  }

  std::shared_ptr<const environment> env_;
  std::size_t service_;
  std::vector<caf::actor> readers_;
  feed_maker make_feed_;
  caf::actor keeper_;
  std::vector<slot> slots_;
  bool draining_ = false;
};

} // namespace reel::runtime
