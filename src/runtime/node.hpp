// A node: one process's share of a choreography, running on a log.
#pragma once

#include "runtime/environment.hpp"
#include "runtime/frame_consumer.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace caf {
class actor_system;
}

namespace reel::runtime {

/// Threads and policy of CAF's scheduler, chosen for an idle node that costs nothing.
class actor_host {
public:
  explicit actor_host(std::size_t threads);
  ~actor_host();
  [[nodiscard]] caf::actor_system& system();

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Lifecycle: construct, open(), feed() and observe(), start(), stop(). Not thread-safe, but status() is.
class node {
public:
  node(caf::actor_system& system, environment env);
  /// Precondition: never started, or stopped.
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Opens or creates all journals. Blocks. Errors: mismatch, corrupt, io.
  [[nodiscard]] core::expected<void> open();
  /// Where a source gets its input.
  void feed_source(const std::string& source, std::shared_ptr<feed> input);
  /// In a cluster a source may begin more than once, each time with an input of its own.
  void feed_source(const std::string& source, std::function<std::shared_ptr<feed>()> make_input);
  void observe(std::shared_ptr<frame_consumer> consumer, bool blocking);
  void start();
  /// Asks all actors to finish their open frames and end.
  void begin_stop();
  /// Waits for the end after begin_stop(). False when it took longer; then the actors are killed.
  [[nodiscard]] bool await_stop(std::chrono::milliseconds wait);
  /// Ends all actors where they stand, without finishing anything.
  void kill();
  [[nodiscard]] bool ended() const;

  [[nodiscard]] const node_status& status() const noexcept {
    return *env_->status;
  }
  [[nodiscard]] const runtime::plan& plan() const noexcept {
    return *env_->plan_;
  }
  /// Nothing is on its way: every partition runs, has committed all it published and handled all there is. What comes
  /// in from outside may end that at any time, so ask twice.
  [[nodiscard]] bool at_rest() const;
  /// The newest frame of a journal that anybody in this node knows of.
  [[nodiscard]] std::uint64_t head(std::size_t journal) const;
  /// Frames that a service's partitions are behind the journals that they read; the largest of them.
  [[nodiscard]] std::uint64_t lag_frames(std::size_t service) const;

private:
  struct state;
  caf::actor_system* system_;
  std::shared_ptr<const environment> env_;
  std::unique_ptr<state> state_;
};

} // namespace reel::runtime
