#include "runtime/node.hpp"

#include "runtime/caf.hpp"
#include "runtime/keeper.hpp"
#include "runtime/observer.hpp"
#include "runtime/reader.hpp"
#include "runtime/service_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace reel::runtime {

// -- actor host -------------------------------------------------------------------------------------------------------

struct actor_host::state {
  explicit state(std::size_t threads) {
    config.set("scheduler.policy", caf::atom("sharing")); // stealing polls: it costs a third of a core at low load
    config.set("scheduler.max-threads", threads);
    config.set("scheduler.max-throughput", defaults::throughput_max);
    system = std::make_unique<caf::actor_system>(config);
  }
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
};

actor_host::actor_host(std::size_t threads) : state_(std::make_unique<state>(threads)) {}

actor_host::~actor_host() = default;

caf::actor_system& actor_host::system() {
  return *state_->system;
}

// -- node actor -------------------------------------------------------------------------------------------------------

namespace {

/// Tells the outside when everything has ended.
struct end_signal {
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;

  void set() {
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }
};

struct observed {
  std::shared_ptr<frame_consumer> consumer;
  bool blocking = false;
};

/// The root supervisor. Ends its children in the order of the data: the keeper, which gives back what the node owns;
/// partitions and observers; then the readers.
class node_actor : public caf::event_based_actor {
public:
  node_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::map<std::string, feed_maker> feeds,
             std::vector<observed> observers, std::shared_ptr<end_signal> end)
      : caf::event_based_actor(config), env_(std::move(env)), feeds_(std::move(feeds)),
        observers_(std::move(observers)), end_(std::move(end)) {
    drop_unknown(*this);
  }

  caf::behavior make_behavior() override {
    set_down_handler([this](const caf::down_msg& down) { on_down(down); });
    start_readers();
    start_consumers();
    return {[this](drain) {
      draining_ = true;
      if (keeper_) {
        tell(*this, keeper_, drain{});
      } else {
        drain_consumers();
      }
    }};
  }

  void on_exit() override {
    for (const auto& child : consumers_) { // only when it is killed; after a drain there are none
      send_exit(child, caf::exit_reason::kill);
    }
    if (keeper_) {
      send_exit(keeper_, caf::exit_reason::kill);
    }
    keeper_ = caf::actor{};
    for (const auto& child : readers_) {
      if (child) {
        send_exit(child, caf::exit_reason::kill);
      }
    }
    readers_.clear();
    consumers_.clear();
    feeds_.clear();
    observers_.clear();
    end_->set();
  }

  const char* name() const override {
    return "node";
  }

private:
  void start_readers() {
    auto wanted = env_->plan_->read_here();
    for (const auto& o : observers_) {
      for (const auto journal : o.consumer->journals()) {
        wanted[journal] = true;
      }
    }
    readers_.resize(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i]) {
        readers_[i] = spawn<reader>(env_->plan_, i, *env_->log, env_->status);
        monitor(readers_[i]);
        ++live_readers_;
      }
    }
  }

  void start_consumers() {
    for (const auto& o : observers_) {
      consumers_.push_back(o.blocking ? spawn<observer_actor, caf::detached>(env_, o.consumer, readers_)
                                      : spawn<observer_actor>(env_, o.consumer, readers_));
      monitor(consumers_.back());
    }
    std::vector<caf::actor> services(env_->plan_->services.size());
    for (std::size_t i = 0; i < services.size(); ++i) {
      if (!env_->plan_->services[i].hosted) {
        continue;
      }
      const auto input = feeds_.find(env_->plan_->services[i].info.name);
      services[i] = spawn<service_actor>(env_, i, readers_, input != feeds_.end() ? input->second : nullptr);
      consumers_.push_back(services[i]);
      monitor(services[i]);
    }
    if (env_->cluster) {
      keeper_ = spawn<keeper>(env_, std::move(services));
      monitor(keeper_);
    }
  }

  void drain_consumers() {
    for (const auto& child : consumers_) {
      tell(*this, child, drain{});
    }
    end_when_done();
  }

  void on_down(const caf::down_msg& down) {
    const auto same = [&](const caf::actor& a) { return a && a.address() == down.source; };
    if (std::any_of(readers_.begin(), readers_.end(), same)) {
      --live_readers_;
    }
    consumers_.erase(std::remove_if(consumers_.begin(), consumers_.end(), same), consumers_.end());
    if (same(keeper_)) {
      keeper_ = caf::actor{};
      if (!draining_) { // without it nothing may run
        env_->status->raise("the actor that keeps the node in its cluster failed");
        draining_ = true;
      }
      drain_consumers();
    }
    end_when_done();
  }

  void end_when_done() {
    if (!draining_ || keeper_ || !consumers_.empty()) {
      return;
    }
    if (!readers_draining_) {
      readers_draining_ = true;
      for (const auto& r : readers_) {
        if (r) {
          tell(*this, r, drain{});
        }
      }
    }
    if (live_readers_ == 0) {
      quit();
    }
  }

  std::shared_ptr<const environment> env_;
  std::map<std::string, feed_maker> feeds_;
  std::vector<observed> observers_;
  std::shared_ptr<end_signal> end_;
  std::vector<caf::actor> readers_;   // by journal; empty where nothing here reads it
  std::vector<caf::actor> consumers_; // services and observers
  caf::actor keeper_;                 // empty for a node that is alone
  std::size_t live_readers_ = 0;
  bool draining_ = false;
  bool readers_draining_ = false;
};

} // namespace

// -- node -------------------------------------------------------------------------------------------------------------

struct node::state {
  std::map<std::string, feed_maker> feeds;
  std::vector<observed> observers;
  std::shared_ptr<end_signal> end = std::make_shared<end_signal>();
  caf::actor root;
};

node::node(caf::actor_system& system, environment env)
    : system_(&system), env_(std::make_shared<const environment>(std::move(env))), state_(std::make_unique<state>()) {}

node::~node() = default;

core::expected<void> node::open() {
  for (std::size_t i = 0; i < env_->plan_->journals.size(); ++i) {
    const auto tail = env_->log->open(env_->plan_->journals[i].genesis);
    if (!tail) {
      return tl::unexpected(tail.error());
    }
    env_->status->set_head(i, tail->sequence);
    env_->status->partition(i).recovering_to = static_cast<std::uint64_t>(tail->sequence);
  }
  if (env_->cluster) {
    const auto tail = env_->log->open_bounded(transport::cluster_genesis(env_->plan_->cluster),
                                              {transport::cluster_frames_max, true});
    if (!tail) {
      return tl::unexpected(tail.error());
    }
  }
  return {};
}

void node::feed_source(const std::string& source, std::shared_ptr<feed> input) {
  state_->feeds[source] = [input = std::move(input)] { return input; };
}

void node::feed_source(const std::string& source, std::function<std::shared_ptr<feed>()> make_input) {
  state_->feeds[source] = std::move(make_input);
}

void node::observe(std::shared_ptr<frame_consumer> consumer, bool blocking) {
  state_->observers.push_back({std::move(consumer), blocking});
}

void node::start() {
  state_->root = system_->spawn<node_actor>(env_, std::move(state_->feeds), std::move(state_->observers), state_->end);
}

void node::begin_stop() {
  tell_from_outside(state_->root, drain{});
}

bool node::await_stop(std::chrono::milliseconds wait) {
  std::unique_lock lock(state_->end->mutex);
  const bool ended = state_->end->changed.wait_for(lock, wait, [this] { return state_->end->ended; });
  lock.unlock();
  if (!ended) {
    spdlog::error("node.stop_timeout waited_ms={}", wait.count());
    kill();
  }
  state_->root = caf::actor{};
  return ended;
}

void node::kill() {
  caf::anon_send_exit(state_->root, caf::exit_reason::kill);
  state_->root = caf::actor{};
}

bool node::ended() const {
  const std::lock_guard lock(state_->end->mutex);
  return state_->end->ended;
}

std::uint64_t node::head(std::size_t journal) const {
  return std::max(env_->status->head(journal), env_->status->partition(journal).sequence.load());
}

bool node::at_rest() const {
  for (std::size_t j = 0; j < env_->plan_->journals.size(); ++j) {
    const auto& partition = env_->status->partition(j);
    if (!env_->plan_->services[env_->plan_->journals[j].service].hosted) {
      continue;
    }
    if (!partition.running || partition.unsettled != 0 || partition.waiting != 0 || partition.pending != 0) {
      return false;
    }
  }
  for (std::size_t s = 0; s < env_->plan_->services.size(); ++s) {
    if (env_->plan_->services[s].hosted && lag_frames(s) != 0) {
      return false;
    }
  }
  return true;
}

std::uint64_t node::lag_frames(std::size_t service) const {
  std::uint64_t lag = 0;
  for (const auto consumer : env_->plan_->services[service].journals) {
    for (const auto source : env_->plan_->services[service].subscribes) {
      const auto newest = head(source);
      const auto handled = env_->status->handled(consumer, source);
      lag = std::max(lag, newest > handled ? newest - handled : 0);
    }
  }
  return lag;
}

} // namespace reel::runtime
