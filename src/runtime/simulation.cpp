#include "runtime/simulation.hpp"

#include "core/hash.hpp"
#include "runtime/caf.hpp"
#include "runtime/node.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <cstdio>
#include <map>
#include <random>
#include <stdexcept>
#include <string>

namespace reel::runtime {

namespace {

/// CAF's deterministic scheduler: no threads; the driver chooses who runs next.
struct virtual_host {
  virtual_host() {
    config.set("scheduler.policy", caf::atom("testing"));
    system = std::make_unique<caf::actor_system>(config);
    scheduler = dynamic_cast<caf::scheduler::test_coordinator*>(&system->scheduler());
  }
  [[nodiscard]] std::chrono::nanoseconds now() const {
    return scheduler->clock().current_time.time_since_epoch();
  }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::scheduler::test_coordinator* scheduler = nullptr;
};

/// Decides which reactions throw. Outlives the node's lives, so that no reaction throws more often than it may.
class throwing_reactions {
public:
  throwing_reactions(const simulation_options& options, std::uint64_t& count) : options_(&options), count_(&count) {}

  [[nodiscard]] bool chooses(const core::delivery& d, const core::event_view& event) {
    const auto place = std::to_string(static_cast<std::uint32_t>(event.id.journal)) + "/" +
                       std::to_string(static_cast<std::uint64_t>(event.id.sequence)) + "." +
                       std::to_string(event.id.index) + " " + std::to_string(d.actor) + "." +
                       std::to_string(d.reaction) + " " + std::string(d.key);
    const auto chance = core::xxh3(place + std::to_string(options_->seed));
    const bool chosen =
        chance % 1000 < options_->throwing && thrown_[place]++ < 1 + chance / 1000 % options_->throws_max;
    *count_ += chosen ? 1 : 0;
    return chosen;
  }

private:
  const simulation_options* options_;
  std::uint64_t* count_;
  std::map<std::string, std::uint32_t> thrown_;
};

/// Decides what the world does to each attempt of an effect. Outlives the node's lives: an outage does not end with
/// one.
class troubled_world {
public:
  troubled_world(const simulation_options& options, simulation_result::effect_counts& counts, std::uint64_t seed)
      : options_(&options), counts_(&counts), random_(seed) {}

  [[nodiscard]] bool has_troubles() const noexcept {
    const auto& o = *options_;
    return o.effects_refused + o.effects_lost + o.effects_twice + o.effects_slow + o.attempts_per_outage > 0;
  }
  core::effect_fault before() {
    const auto& o = *options_;
    if (away_ == 0 && o.attempts_per_outage > 0 && random_() % o.attempts_per_outage == 0) {
      away_ = o.outage_attempts;
      ++counts_->outages;
    }
    core::effect_fault fault;
    away_ -= away_ > 0 ? 1 : 0;
    fault.refused = drawn(o.effects_refused, counts_->refused) || away_ > 0;
    fault.lost = drawn(o.effects_lost, counts_->lost);
    fault.twice = drawn(o.effects_twice, counts_->twice);
    if (drawn(o.effects_slow, counts_->slow)) {
      fault.delay = std::chrono::milliseconds(1 + random_() % 15'000); // also longer than anybody waits
    }
    return fault;
  }

private:
  [[nodiscard]] bool drawn(std::uint32_t permille, std::uint64_t& count) {
    const bool yes = random_() % 1000 < permille;
    count += yes ? 1 : 0;
    return yes;
  }

  const simulation_options* options_;
  simulation_result::effect_counts* counts_;
  std::mt19937_64 random_;
  std::uint32_t away_ = 0; // attempts until the world is back
};

/// One life of the node: from its start to its crash, or to the rest at the end.
class life {
public:
  life(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
       const simulation_options& options, throwing_reactions& throwing, troubled_world& world, std::mt19937_64& random,
       std::chrono::nanoseconds start)
      : random_(random), start_(start), options_(&options), throwing_(throwing), world_(world),
        log_(storage, traced(options.log), random()), snapshots_(storage, options.log.lost_snapshots, random()),
        node_(*host_.system, make_environment(plan, options)) {}

  [[nodiscard]] bool begin(const std::string& source, std::shared_ptr<feed> input) {
    if (!node_.open()) {
      return false;
    }
    node_.feed_source(source, std::move(input));
    node_.start();
    return true;
  }

  /// One step of something that can happen now. False when the node rests.
  bool step() {
    auto& jobs = host_.scheduler->jobs;
    const bool log_can = log_.pending() > 0;
    if (!jobs.empty() && (!log_can || random_() % 4 != 0)) {
      std::swap(jobs[random_() % jobs.size()], jobs.front());
      host_.scheduler->run_once();
      return true;
    }
    if (log_can) {
      log_.step();
      host_.scheduler->advance_time(std::chrono::microseconds(random_() % 300));
      return true;
    }
    return host_.scheduler->trigger_timeout();
  }

  /// The process dies: nothing that is under way has an effect any more.
  void crash() {
    log_.crash();
    snapshots_.crash();
    end();
  }

  void end() {
    node_.kill();
    while (!host_.scheduler->jobs.empty()) {
      host_.scheduler->run_once();
    }
    host_.scheduler->clock().cancel_all();
  }

  [[nodiscard]] std::chrono::nanoseconds now() const {
    return start_ + host_.now();
  }
  [[nodiscard]] const node_status& status() const {
    return node_.status();
  }
  [[nodiscard]] const transport::simulated_counters& log_counters() const {
    return log_.counters();
  }
  void trace(std::string_view line) const {
    if (options_->trace) {
      const auto since = std::chrono::duration<double, std::milli>(now() - options_->start.time_since_epoch());
      char time[32];
      std::snprintf(time, sizeof time, "%14.3f ms  ", since.count());
      options_->trace(time + std::string(line));
    }
  }
  void count_effects(simulation_result::effect_counts& counts) const {
    for (const auto* effect : status().effects()) {
      counts.attempts += effect->attempts;
      counts.timeouts += effect->timeouts;
      counts.given_up += effect->given_up;
      counts.opened += effect->opened;
      counts.late += effect->late;
    }
  }

private:
  [[nodiscard]] transport::simulated_options traced(transport::simulated_options log) const {
    if (options_->trace) {
      log.trace = [this](std::string_view line) { trace(line); };
    }
    return log;
  }
  environment make_environment(const std::shared_ptr<const plan>& plan, const simulation_options& options) {
    environment env;
    env.plan_ = plan;
    env.log = &log_;
    env.snapshots = &snapshots_;
    env.now = [this] { return timestamp(now()); };
    env.status = std::make_shared<node_status>(plan->journals.size());
    env.limits = options.node_limits;
    env.deadlines_until = options.deadlines_until;
    if (options.throwing > 0) {
      env.before_reaction = [this](const core::delivery& d, const core::event_view& event) {
        if (throwing_.chooses(d, event)) {
          trace("a reaction to frame " + std::to_string(static_cast<std::uint64_t>(event.id.sequence)) +
                " throws, for " + std::string(d.key));
          throw std::runtime_error("the simulation wants it so");
        }
      };
    }
    if (world_.has_troubles()) {
      env.effect_faults = [this](const core::owed_effect& owed, std::uint32_t attempt) {
        const auto fault = world_.before();
        if (fault.refused || fault.lost || fault.twice || fault.delay.count() > 0) {
          trace("attempt " + std::to_string(attempt) + " of the effect for " + owed.key + ":" +
                (fault.refused ? " refused" : "") + (fault.twice ? " done twice" : "") +
                (fault.lost ? " not answered" : "") + (fault.delay.count() > 0 ? " answered late" : ""));
        }
        return fault;
      };
    }
    return env;
  }

  std::mt19937_64& random_;
  std::chrono::nanoseconds start_;
  const simulation_options* options_;
  throwing_reactions& throwing_;
  troubled_world& world_;
  virtual_host host_;
  transport::simulated_log log_;
  transport::simulated_snapshots snapshots_;
  node node_;
};

/// Steps until the node crashes (false), rests, or has taken too long.
bool live(life& current, const simulation_options& options, std::mt19937_64& random, simulation_result& result) {
  while (result.steps < options.steps_max) {
    ++result.steps;
    if (result.crashes < options.crashes_max && random() % options.steps_per_crash == 0) {
      ++result.crashes;
      current.trace("the process dies");
      current.crash();
      return false;
    }
    if (!current.step()) {
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

} // namespace

simulation_result simulate(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                           const std::string& source, const std::function<std::shared_ptr<feed>()>& input,
                           const simulation_options& options) {
  std::mt19937_64 random(options.seed);
  simulation_result result;
  throwing_reactions throwing(options, result.throws);
  troubled_world world(options, result.effects, options.seed * 31);
  auto time = options.start.time_since_epoch();
  while (result.steps < options.steps_max) {
    life current(plan, storage, options, throwing, world, random, time);
    current.trace("the node starts");
    if (!current.begin(source, input())) {
      result.alarms.emplace_back("the journals do not open");
      return result;
    }
    const auto alive = live(current, options, random, result);
    result.log += current.log_counters();
    current.count_effects(result.effects);
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

} // namespace reel::runtime
