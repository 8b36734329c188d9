#include "runtime/simulated_cluster.hpp"

#include "runtime/simulated_node.hpp"

#include <algorithm>

namespace reel::runtime {

namespace {

/// When nobody has anything to do, time passes in steps of this length.
constexpr auto idle_step = std::chrono::milliseconds(20);
/// Nothing has moved for so long: longer than the nodes and their feeds wait for anything.
constexpr auto rest_wait = std::chrono::seconds(5);
constexpr std::uint64_t down_ms_max = 9000;
constexpr std::uint64_t pause_ms_max = 9000; // three leases

/// Adds what a life counted.
void count(const simulated_node& node, simulation_result& sum) {
  const auto& status = node.status();
  sum.log += node.log_counters();
  sum.ownership += {.takeovers = status.takeovers,
                    .handovers = status.handovers,
                    .fenced = status.fenced,
                    .expulsions = status.expulsions,
                    .step_downs = status.step_downs};
  const auto alarms = status.alarms();
  sum.alarms.insert(sum.alarms.end(), alarms.begin(), alarms.end());
}

} // namespace

simulated_cluster::simulated_cluster(std::shared_ptr<const plan> plan, transport::simulated_storage& storage,
                                     std::string source, std::function<std::shared_ptr<feed>()> input,
                                     const simulation_options& options)
    : plan_(std::move(plan)), storage_(&storage), source_(std::move(source)), input_(std::move(input)),
      options_(options), random_(options.seed),
      throwing_(std::make_unique<throwing_reactions>(options_, result_.throws)),
      now_(options.start.time_since_epoch()) {
  result_.nodes = options_.nodes;
  for (std::uint32_t i = 0; i < options_.nodes; ++i) {
    auto& p = places_.emplace_back();
    p.name = "node-" + std::to_string(i);
    p.boot_offset = std::chrono::hours(random_() % 1000);
  }
  for (std::size_t i = 0; i < places_.size(); ++i) {
    start(i);
  }
}

simulated_cluster::~simulated_cluster() {
  for (auto& p : places_) {
    if (p.node != nullptr) {
      p.node->end();
    }
  }
}

// -- what happens to a node -------------------------------------------------------------------------------------------

void simulated_cluster::start(std::size_t node) {
  auto& p = places_[node];
  simulated_identity identity{p.name, cluster_options{.fingerprint = "simulated"}, p.boot_offset};
  p.node = std::make_unique<simulated_node>(plan_, *storage_, options_, *throwing_, random_, now_, std::move(identity));
  p.paused = false;
  p.leaving = false;
  ++p.lives;
  p.node->trace("the node starts");
  if (!p.node->begin(source_, input_)) {
    result_.alarms.emplace_back("the journals do not open");
  }
}

void simulated_cluster::bring_down(place& p) {
  count(*p.node, result_);
  p.node.reset();
}

void simulated_cluster::crash(std::size_t node) {
  auto& p = places_[node];
  p.node->trace("the process dies");
  ++result_.crashes;
  p.node->crash();
  bring_down(p);
}

void simulated_cluster::pause(std::size_t node) {
  places_[node].node->trace("the process is stopped");
  ++result_.ownership.pauses;
  places_[node].paused = true;
}

void simulated_cluster::resume(std::size_t node) {
  auto& p = places_[node];
  p.paused = false;
  p.node->advance(now_ - p.node->now());
  p.node->trace("the process goes on");
}

void simulated_cluster::leave(std::size_t node) {
  auto& p = places_[node];
  p.node->trace("the node is asked to end");
  ++result_.ownership.leaves;
  p.leaving = true;
  p.node->stop();
}

bool simulated_cluster::is_up(std::size_t node) const {
  return places_[node].node != nullptr;
}

const node_status& simulated_cluster::status(std::size_t node) const {
  return places_[node].node->status();
}

// -- time -------------------------------------------------------------------------------------------------------------

std::vector<std::size_t> simulated_cluster::awake() const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].node != nullptr && !places_[i].paused && places_[i].node->can_step()) {
      result.push_back(i);
    }
  }
  return result;
}

void simulated_cluster::advance(duration time) {
  now_ += time;
  for (auto& p : places_) {
    if (p.node != nullptr && !p.paused) {
      p.node->advance(now_ - p.node->now());
    }
  }
}

void simulated_cluster::step() {
  ++result_.steps;
  const auto able = awake();
  if (able.empty()) {
    advance(idle_step);
  } else if (places_[able[random_() % able.size()]].node->step()) {
    advance(std::chrono::microseconds(random_() % 300));
  }
  for (auto& p : places_) {
    if (p.leaving && p.node->stopped()) {
      p.node->end();
      bring_down(p);
      p.leaving = false;
    }
  }
}

bool simulated_cluster::run_until(const std::function<bool()>& condition, duration limit) {
  const auto end = now_ + limit;
  while (!condition()) {
    if (now_ >= end || result_.steps >= options_.steps_max) {
      return false;
    }
    step();
  }
  return true;
}

// -- a drawn run ------------------------------------------------------------------------------------------------------

void simulated_cluster::draw_faults() {
  const auto strikes = [this](std::uint64_t done, std::uint32_t most, std::uint32_t every) {
    return done < most && random_() % every == 0;
  };
  auto node = random_() % places_.size();
  auto& p = places_[node];
  if (p.node == nullptr || p.paused || p.leaving) {
    return;
  }
  const auto after = [this](std::uint64_t most) { return now_ + std::chrono::milliseconds(random_() % most); };
  if (strikes(result_.crashes, options_.crashes_max, options_.steps_per_crash)) {
    crash(node);
    p.back_at = after(down_ms_max);
  } else if (strikes(result_.ownership.pauses, options_.pauses_max, options_.steps_per_pause)) {
    pause(node);
    p.back_at = after(pause_ms_max);
  } else if (strikes(result_.ownership.leaves, options_.leaves_max, options_.steps_per_leave)) {
    leave(node);
    p.back_at = after(down_ms_max);
  }
}

void simulated_cluster::bring_back() {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& p = places_[i];
    if (now_ >= p.back_at && p.paused) {
      resume(i);
    } else if (now_ >= p.back_at && p.node == nullptr) {
      start(i);
    }
  }
}

std::size_t simulated_cluster::runner_of(std::size_t journal) const {
  auto found = places_.size();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].node != nullptr && places_[i].node->status().partition(journal).running) {
      if (found != places_.size()) {
        return places_.size();
      }
      found = i;
    }
  }
  return found;
}

bool simulated_cluster::at_rest() const {
  for (std::size_t j = 0; j < plan_->journals.size(); ++j) {
    const auto runner = runner_of(j);
    if (runner == places_.size()) {
      return false;
    }
    const auto& status = places_[runner].node->status();
    const auto& partition = status.partition(j);
    if (partition.unsettled != 0 || partition.waiting != 0 || partition.pending != 0) {
      return false;
    }
    for (const auto source : plan_->services[plan_->journals[j].service].subscribes) {
      const auto end = storage_->journals.at(plan_->journals[source].id).tail().sequence;
      if (status.handled(j, source) < static_cast<std::uint64_t>(end)) {
        return false;
      }
    }
  }
  return true;
}

bool simulated_cluster::settled() const {
  return std::all_of(places_.begin(), places_.end(), [](const place& p) {
    return p.node != nullptr && !p.paused && !p.leaving && p.node->status().membership == membership::member;
  });
}

simulation_result simulated_cluster::result() const {
  auto sum = result_;
  for (const auto& p : places_) {
    if (p.node != nullptr) {
      count(*p.node, sum);
    }
  }
  sum.end = timestamp(now_);
  return sum;
}

simulation_result simulated_cluster::run() {
  auto rests_since = now_;
  std::uint64_t frames = 0;
  while (result_.steps < options_.steps_max) {
    draw_faults();
    bring_back();
    step();
    std::uint64_t stored = 0;
    for (const auto& j : plan_->journals) {
      stored += static_cast<std::uint64_t>(storage_->journals.at(j.id).tail().sequence);
    }
    if (stored != frames || !settled()) {
      frames = stored;
      rests_since = now_;
    } else if (now_ - rests_since >= rest_wait) {
      if (at_rest()) {
        result_.quiescent = true;
        break;
      }
      rests_since = now_; // something waits for its time
    }
  }
  return result();
}

} // namespace reel::runtime
