// Observers and projections: consumers of whole frames, in causal order.
#pragma once

#include "core/causal_gate.hpp"
#include "runtime/caf.hpp"
#include "runtime/environment.hpp"

#include <memory>
#include <vector>

namespace reel::runtime {

/// Sees every committed frame of the journals it asks for, causes before effects. One thread at a time; must not block unless its
/// actor is detached.
class frame_consumer {
public:
  virtual ~frame_consumer() = default;
  /// Indices in plan::journals.
  [[nodiscard]] virtual std::vector<std::size_t> journals() const = 0;
  /// From where to read a journal: what it has taken in durably.
  [[nodiscard]] virtual core::position handled(std::size_t journal) = 0;
  virtual void on_frame(const std::shared_ptr<const core::frame>& frame) = 0;
  /// Called after the frames that came together: the moment to write.
  virtual void flush() = 0;
};

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
