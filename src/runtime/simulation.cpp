#include "runtime/simulation.hpp"

#include "runtime/simulated_cluster.hpp"
#include "runtime/simulated_node.hpp"

#include <random>
#include <string>

namespace reel::runtime {

namespace {

/// Steps until the node crashes (false), rests, or has taken too long.
bool live(simulated_node& current, const simulation_options& options, std::mt19937_64& random,
          simulation_result& result) {
  while (result.steps < options.steps_max) {
    ++result.steps;
    if (result.crashes < options.crashes_max && random() % options.steps_per_crash == 0) {
      ++result.crashes;
      current.trace("the process dies");
      current.crash();
      return false;
    }
    if (current.can_step()) {
      if (current.step()) {
        current.advance(std::chrono::microseconds(random() % 300));
      }
    } else if (!current.trigger_timeout()) {
      result.quiescent = true;
      result.alarms = current.status().alarms();
      result.end = timestamp(current.now());
      current.trace("everything rests");
      current.end();
      return true;
    }
  }
  return true;
}

simulation_result simulate_alone(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                                 const std::string& source, const std::function<std::shared_ptr<feed>()>& input,
                                 const simulation_options& options) {
  std::mt19937_64 random(options.seed);
  simulation_result result;
  throwing_reactions throwing(options, result.throws);
  auto time = options.start.time_since_epoch();
  while (result.steps < options.steps_max) {
    simulated_node current(plan, storage, options, throwing, random, time);
    current.trace("the node starts");
    if (!current.begin(source, input)) {
      result.alarms.emplace_back("the journals do not open");
      return result;
    }
    const auto alive = live(current, options, random, result);
    result.log += current.log_counters();
    if (result.quiescent) {
      return result;
    }
    if (alive) {
      current.end();
    }
    time = current.now() + std::chrono::milliseconds(1);
  }
  return result;
}

} // namespace

ownership_counters& ownership_counters::operator+=(const ownership_counters& other) noexcept {
  pauses += other.pauses;
  leaves += other.leaves;
  takeovers += other.takeovers;
  handovers += other.handovers;
  fenced += other.fenced;
  expulsions += other.expulsions;
  step_downs += other.step_downs;
  return *this;
}

simulation_result simulate(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                           const std::string& source, const std::function<std::shared_ptr<feed>()>& input,
                           const simulation_options& options) {
  return options.nodes == 0 ? simulate_alone(plan, storage, source, input, options)
                            : simulated_cluster(plan, storage, source, input, options).run();
}

} // namespace reel::runtime
