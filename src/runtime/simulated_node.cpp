#include "runtime/simulated_node.hpp"

#include "core/hash.hpp"
#include "runtime/caf.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <cstdio>
#include <stdexcept>

namespace reel::runtime {

bool throwing_reactions::chooses(const core::delivery& d, const core::event_view& event) {
  const auto place = std::to_string(static_cast<std::uint32_t>(event.id.journal)) + "/" +
                     std::to_string(static_cast<std::uint64_t>(event.id.sequence)) + "." +
                     std::to_string(event.id.index) + " " + std::to_string(d.actor) + "." + std::to_string(d.reaction) +
                     " " + std::string(d.key);
  const auto chance = core::xxh3(place + std::to_string(options_->seed));
  const bool chosen = chance % 1000 < options_->throwing && thrown_[place]++ < 1 + chance / 1000 % options_->throws_max;
  *count_ += chosen ? 1 : 0;
  return chosen;
}

/// CAF's deterministic scheduler: no threads; the driver chooses who runs next.
struct simulated_node::host {
  host() {
    config.set("scheduler.policy", caf::atom("testing"));
    system = std::make_unique<caf::actor_system>(config);
    scheduler = dynamic_cast<caf::scheduler::test_coordinator*>(&system->scheduler());
  }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::scheduler::test_coordinator* scheduler = nullptr;
};

simulated_node::simulated_node(const std::shared_ptr<const plan>& plan, transport::simulated_storage& storage,
                               const simulation_options& options, throwing_reactions& throwing, std::mt19937_64& random,
                               std::chrono::nanoseconds start, simulated_identity identity)
    : random_(random), start_(start), options_(&options), throwing_(throwing), identity_(std::move(identity)),
      host_(std::make_unique<host>()), log_(storage, traced(options.log), random()),
      snapshots_(storage, options.log.lost_snapshots, random()),
      node_(*host_->system, make_environment(plan, options)) {}

simulated_node::~simulated_node() = default;

bool simulated_node::begin(const std::string& source, std::function<std::shared_ptr<feed>()> input) {
  if (!node_.open()) {
    return false;
  }
  node_.feed_source(source, std::move(input));
  node_.start();
  return true;
}

bool simulated_node::can_step() const {
  return !host_->scheduler->jobs.empty() || log_.pending() > 0;
}

bool simulated_node::step() {
  auto& jobs = host_->scheduler->jobs;
  const bool log_can = log_.pending() > 0;
  if (!jobs.empty() && (!log_can || random_() % 4 != 0)) {
    std::swap(jobs[random_() % jobs.size()], jobs.front());
    host_->scheduler->run_once();
    return false;
  }
  log_.step();
  return true;
}

bool simulated_node::trigger_timeout() {
  return host_->scheduler->trigger_timeout();
}

void simulated_node::advance(std::chrono::nanoseconds time) {
  host_->scheduler->advance_time(time);
}

void simulated_node::crash() {
  log_.crash();
  snapshots_.crash();
  end();
}

void simulated_node::stop() {
  node_.begin_stop();
}

bool simulated_node::stopped() const {
  return node_.ended();
}

void simulated_node::end() {
  node_.kill();
  while (!host_->scheduler->jobs.empty()) {
    host_->scheduler->run_once();
  }
  host_->scheduler->clock().cancel_all();
}

std::chrono::nanoseconds simulated_node::now() const {
  return start_ + host_->scheduler->clock().current_time.time_since_epoch();
}

const node_status& simulated_node::status() const {
  return node_.status();
}

const transport::simulated_counters& simulated_node::log_counters() const {
  return log_.counters();
}

void simulated_node::trace(std::string_view line) const {
  if (options_->trace) {
    const auto since = std::chrono::duration<double, std::milli>(now() - options_->start.time_since_epoch());
    char time[32];
    std::snprintf(time, sizeof time, "%14.3f ms  ", since.count());
    const auto who = identity_.cluster ? identity_.name + ": " : std::string();
    options_->trace(time + who + std::string(line));
  }
}

transport::simulated_options simulated_node::traced(transport::simulated_options log) const {
  if (options_->trace) {
    log.trace = [this](std::string_view line) { trace(line); };
  }
  return log;
}

environment simulated_node::make_environment(const std::shared_ptr<const plan>& plan,
                                             const simulation_options& options) {
  environment env;
  env.node_name = identity_.name;
  env.cluster = identity_.cluster;
  env.plan_ = plan;
  env.log = &log_;
  env.snapshots = &snapshots_;
  env.now = [this] { return timestamp(now()); };
  env.boot_time = [this] { return now() + identity_.boot_offset; };
  env.status = std::make_shared<node_status>(plan->journals.size());
  env.limits = options.node_limits;
  if (options.throwing > 0) {
    env.before_reaction = [this](const core::delivery& d, const core::event_view& event) {
      if (throwing_.chooses(d, event)) {
        trace("a reaction to frame " + std::to_string(static_cast<std::uint64_t>(event.id.sequence)) + " throws, for " +
              std::string(d.key));
        throw std::runtime_error("the simulation wants it so");
      }
    };
  }
  return env;
}

} // namespace reel::runtime
