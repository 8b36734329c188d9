// Several nodes on one simulated storage, in one virtual time: they crash, pause, leave and come back.
#pragma once

#include "runtime/simulation.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace reel::runtime {

class simulated_node;
class throwing_reactions;

/// For simulate(), which draws what happens, and for tests that say what happens. All nodes start with the first step.
/// Monotonic clocks of the nodes differ by hours. Deterministic for a seed and a sequence of calls.
class simulated_cluster {
public:
  using duration = std::chrono::nanoseconds;

  simulated_cluster(std::shared_ptr<const plan> plan, transport::simulated_storage& storage, std::string source,
                    std::function<std::shared_ptr<feed>()> input, const simulation_options& options);
  ~simulated_cluster();

  /// Draws faults from the seed until they are used up, and steps until everything rests.
  [[nodiscard]] simulation_result run();

  /// Steps until `condition` holds. False when it does not within `limit` of virtual time.
  [[nodiscard]] bool run_until(const std::function<bool()>& condition, duration limit);
  /// The process dies, and does not come back by itself.
  void crash(std::size_t node);
  /// Nothing of the node runs, while its clocks go on.
  void pause(std::size_t node);
  void resume(std::size_t node);
  void leave(std::size_t node);
  void start(std::size_t node);
  [[nodiscard]] bool is_up(std::size_t node) const;
  /// Precondition: is_up(node).
  [[nodiscard]] const node_status& status(std::size_t node) const;
  /// The node that runs the journal's partition; as many as there are nodes when none does, or more than one.
  [[nodiscard]] std::size_t runner_of(std::size_t journal) const;
  /// All partitions run, and have handled all there is.
  [[nodiscard]] bool at_rest() const;
  /// What happened so far.
  [[nodiscard]] simulation_result result() const;

private:
  struct place {
    std::string name;
    duration boot_offset{};
    std::unique_ptr<simulated_node> node; ///< null: down
    bool paused = false;
    bool leaving = false;
    std::uint32_t lives = 0;
    duration back_at{}; ///< in run(): when it starts again, or goes on
  };

  void step();
  void draw_faults();
  void bring_back();
  void bring_down(place& p);
  void advance(duration time);
  [[nodiscard]] std::vector<std::size_t> awake() const;
  [[nodiscard]] bool settled() const;

  std::shared_ptr<const plan> plan_;
  transport::simulated_storage* storage_;
  std::string source_;
  std::function<std::shared_ptr<feed>()> input_;
  simulation_options options_;
  std::mt19937_64 random_;
  simulation_result result_;
  std::unique_ptr<throwing_reactions> throwing_;
  std::vector<place> places_;
  duration now_{};
};

} // namespace reel::runtime
