#include "runtime/effect_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>

namespace reel::runtime {

/// Brings functions into the actor's mailbox.
class effect_actor::host final : public detail::effect_host {
public:
  explicit host(std::function<timestamp()> now) : now_(std::move(now)) {}

  void open(caf::actor to) {
    const std::lock_guard lock(mutex_);
    to_ = std::move(to);
  }
  /// What is posted from now on is forgotten.
  void close() {
    const std::lock_guard lock(mutex_);
    to_ = caf::actor{};
  }
  void post(std::function<void()> run) override {
    const std::lock_guard lock(mutex_);
    if (to_) {
      tell_from_outside(to_, effect_post{std::move(run)});
    }
  }
  void after(std::chrono::nanoseconds time, std::function<void()> run) override {
    timers_.emplace(now_() + time, std::move(run));
  }

  [[nodiscard]] std::optional<timestamp> next_due() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first);
  }
  void run_due() {
    const auto now = now_();
    while (!timers_.empty() && timers_.begin()->first <= now) {
      const auto run = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      run();
    }
  }
  void clear() {
    timers_.clear();
  }

private:
  std::function<timestamp()> now_;
  std::multimap<timestamp, std::function<void()>> timers_; // only in the actor
  std::mutex mutex_;
  caf::actor to_;
};

effect_actor::effect_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t service)
    : caf::event_based_actor(config), env_(std::move(env)), service_(&env_->plan_->services[service]),
      host_(std::make_shared<host>(env_->now)) {
  drop_unknown(*this);
  const auto& actors = service_->info.actors;
  for (std::size_t a = 0; a < actors.size(); ++a) {
    for (std::size_t r = 0; r < actors[a].reactions.size(); ++r) {
      if (!actors[a].reactions[r].effect) {
        continue;
      }
      core::effect_runner::settings settings;
      settings.service = &service_->info;
      settings.actor = a;
      settings.reaction = r;
      settings.host = host_;
      settings.now = env_->now;
      settings.journal_name = [plan = env_->plan_](std::uint32_t journal) { return plan->journals[journal].name; };
      settings.faults = env_->effect_faults;
      runners_.push_back(std::make_unique<core::effect_runner>(std::move(settings)));
      status_.push_back(&env_->status->effect(runners_.back()->name()));
      by_reaction_.emplace(std::pair(a, r), runners_.back().get());
    }
  }
}

caf::behavior effect_actor::make_behavior() {
  host_->open(caf::actor_cast<caf::actor>(this));
  publish_status();
  return {
      [this](const owed_batch& batch) {
        on_owed(batch);
        deliver();
      },
      [this](const effect_post& post) {
        post.run();
        deliver();
      },
      [this](const forget_effects& forget) {
        for (const auto& runner : runners_) {
          runner->forget(forget.journal);
        }
        deliver();
      },
      [this](const wake&) {
        armed_.reset();
        run_timers();
        deliver();
      },
  };
}

void effect_actor::on_exit() {
  host_->close();
  runners_.clear(); // coroutines go before the timers that would resume them
  host_->clear();
  status_.clear();
  by_reaction_.clear();
  partitions_.clear();
}

void effect_actor::on_owed(const owed_batch& batch) {
  partitions_[batch.journal] = batch.partition;
  for (const auto& owed : batch.effects) {
    const auto runner = by_reaction_.find({owed->actor, owed->reaction});
    if (runner != by_reaction_.end()) {
      runner->second->add(batch.journal, owed);
    }
  }
  for (const auto& runner : runners_) {
    runner->pump();
  }
}

void effect_actor::run_timers() {
  host_->run_due();
  for (const auto& runner : runners_) {
    runner->on_time();
  }
}

void effect_actor::deliver() {
  std::map<std::uint32_t, effect_results> by_journal;
  for (const auto& runner : runners_) {
    for (auto& [journal, result] : runner->take_results()) {
      by_journal[journal].results.push_back(std::move(result));
    }
  }
  for (auto& [journal, results] : by_journal) {
    if (const auto partition = partitions_.find(journal); partition != partitions_.end()) {
      tell(*this, partition->second, std::move(results));
    }
  }
  publish_status();
  arm();
}

// One wake-up is under way for what is due first; one that comes too late is armed again, and the other tolerated.
void effect_actor::arm() {
  auto due = host_->next_due();
  for (const auto& runner : runners_) {
    const auto next = runner->next_due();
    due = next && (!due || *next < *due) ? next : due;
  }
  if (due && (!armed_ || *due < *armed_)) {
    armed_ = due;
    tell_later(*this, std::max<std::chrono::nanoseconds>(*due - env_->now(), std::chrono::milliseconds(1)), wake{});
  }
}

void effect_actor::publish_status() {
  for (std::size_t i = 0; i < runners_.size(); ++i) {
    const auto& runner = *runners_[i];
    const auto& c = runner.counters();
    auto& s = *status_[i];
    const auto state = static_cast<std::uint32_t>(runner.breaker().state());
    if (s.breaker.exchange(state) != state) {
      constexpr const char* names[] = {"closed", "open", "half-open"};
      spdlog::warn("effect.breaker effect={} state={}", runner.name(), names[state]);
    }
    s.opened = runner.breaker().opened();
    s.in_flight = runner.in_flight();
    s.owed = runner.size();
    s.attempts = c.attempts;
    s.answered = c.answered;
    s.failed = c.failed;
    s.timeouts = c.timeouts;
    s.given_up = c.given_up;
    s.refused = c.refused;
    s.late = c.late;
  }
}

} // namespace reel::runtime
