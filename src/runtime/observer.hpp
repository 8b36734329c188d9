// The actor that feeds observers and projections whole frames, in causal order.
#pragma once

#include "core/causal_gate.hpp"
#include "runtime/caf.hpp"
#include "runtime/environment.hpp"
#include "runtime/frame_consumer.hpp"

#include <memory>
#include <vector>

namespace reel::runtime {

/// The actor around a frame_consumer. Spawned detached when the consumer blocks.
class observer_actor : public caf::event_based_actor {
public:
  observer_actor(caf::actor_config& config, std::shared_ptr<const environment> env,
                 std::shared_ptr<frame_consumer> consumer, std::vector<caf::actor> readers);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "observer";
  }

private:
  struct lane {
    std::size_t journal = 0;
    journal_id id{};
    std::uint64_t attachment = 0;
    std::int64_t owed = 0;
  };

  void start();
  void on_batch(routed_batch& batch);
  void handle_waiting();
  void fail(const std::string& what);

  std::shared_ptr<const environment> env_;
  std::shared_ptr<frame_consumer> consumer_;
  std::vector<caf::actor> readers_;
  std::vector<lane> lanes_;
  core::causal_gate gate_;
  bool pump_scheduled_ = false;
};

} // namespace reel::runtime
