// The supervisor of one service: starts its partitions, and starts them again when they fail.
#pragma once

#include "runtime/caf.hpp"
#include "runtime/environment.hpp"

#include <reel/feed.hpp>

#include <memory>
#include <vector>

namespace reel::runtime {

/// Supervision goes one way: long-lived supervisors monitor their children, never the other way round.
class service_actor : public caf::event_based_actor {
public:
  service_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t service,
                std::vector<caf::actor> readers, std::shared_ptr<feed> input);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "service";
  }

private:
  void start(std::size_t partition);
  void on_down(const caf::down_msg& down);

  std::shared_ptr<const environment> env_;
  std::size_t service_;
  std::vector<caf::actor> readers_;
  caf::actor effects_; // null when the service has none
  std::shared_ptr<feed> feed_;
  std::vector<caf::actor> partitions_; // empty handle: ended
  bool draining_ = false;
};

} // namespace reel::runtime
