#include "core/effect_runner.hpp"

#include "core/backoff.hpp"
#include "core/hash.hpp"

#include <algorithm>
#include <mutex>

namespace reel::core {

namespace {

/// Takes an end and does nothing with it.
class silent_channel final : public reel::detail::effect_channel {
public:
  void answer(std::shared_ptr<const void>) override {}
  void fail(effect_failure) override {}
};

/// Passes an end on later. Only for simulations: everything happens where the host runs.
class slow_channel final : public reel::detail::effect_channel {
public:
  slow_channel(std::shared_ptr<reel::detail::effect_channel> to, std::shared_ptr<reel::detail::effect_host> host,
               std::chrono::nanoseconds delay)
      : to_(std::move(to)), host_(std::move(host)), delay_(delay) {}
  void answer(std::shared_ptr<const void> value) override {
    host_->after(delay_, [to = to_, value = std::move(value)] { to->answer(value); });
  }
  void fail(effect_failure failure) override {
    host_->after(delay_, [to = to_, failure = std::move(failure)] { to->fail(failure); });
  }

private:
  std::shared_ptr<reel::detail::effect_channel> to_;
  std::shared_ptr<reel::detail::effect_host> host_;
  std::chrono::nanoseconds delay_;
};

} // namespace

/// Takes the end of one attempt on any thread, and brings the first one to where the runner lives. While the attempt is
/// being started it keeps the end for whoever started it.
class effect_runner::channel final : public reel::detail::effect_channel {
public:
  channel(effect_runner* runner, const event_id& event, std::uint32_t attempt_number)
      : runner_(runner), host_(runner->given_.host), event_(event), attempt_(attempt_number) {}

  void answer(std::shared_ptr<const void> value) override {
    take({std::move(value), std::nullopt});
  }
  void fail(effect_failure failure) override {
    take({nullptr, std::move(failure)});
  }
  /// The end, when it has come while the attempt was started.
  [[nodiscard]] std::optional<end> started() {
    const std::lock_guard lock(mutex_);
    starting_ = false;
    return std::exchange(early_, std::nullopt);
  }

private:
  void take(end result) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) {
        host_->post([runner = runner_] { runner->note_late(); });
        return;
      }
      ended_ = true;
      if (starting_) {
        early_ = std::move(result);
        return;
      }
    }
    host_->post([runner = runner_, event = event_, attempt = attempt_, result = std::move(result)] {
      runner->on_end(event, attempt, result);
    });
  }

  effect_runner* runner_; // what is posted runs only while it lives
  std::shared_ptr<reel::detail::effect_host> host_;
  event_id event_;
  std::uint32_t attempt_;
  std::mutex mutex_;
  bool starting_ = true;
  bool ended_ = false;
  std::optional<end> early_;
};

/// What lives as long as one attempt.
struct effect_runner::attempt {
  effect_context context;
  std::shared_ptr<channel> end;
  std::shared_ptr<void> running; // last, so that it goes first: it may refer to the context
};

effect_runner::effect_runner(settings given)
    : given_(std::move(given)), effect_(&*given_.service->actors[given_.actor].reactions[given_.reaction].effect),
      policy_(effect_->policy.value_or(given_.service->effects)),
      name_(given_.service->name + "." + std::string(given_.service->actors[given_.actor].name) + "." +
            std::string(given_.service->actors[given_.actor].reactions[given_.reaction].name)),
      breaker_(policy_.breaker) {}

effect_runner::~effect_runner() = default;

void effect_runner::add(origin from, shared_effect owed) {
  const auto event = owed->event;
  const auto [place, is_new] = calls_.try_emplace(event);
  place->second.from = from;
  if (is_new) {
    place->second.owed = std::move(owed);
    queue_.push_back(event);
  }
}

void effect_runner::forget(origin from) {
  for (auto place = calls_.begin(); place != calls_.end();) {
    const auto& c = place->second;
    if (c.from != from || c.at == phase::running) {
      ++place;
      continue;
    }
    if (c.at == phase::waiting) {
      due_.erase({c.due, place->first});
    }
    place = calls_.erase(place);
  }
}

void effect_runner::pump() {
  while (!queue_.empty() && in_flight_ < policy_.in_flight) {
    const auto place = calls_.find(queue_.front());
    if (place == calls_.end() || place->second.at != phase::queued) { // forgotten, or here twice
      queue_.pop_front();
      continue;
    }
    if (!breaker_.admit(given_.now())) {
      break;
    }
    queue_.pop_front();
    start(place);
  }
  if (breaker_.state() == breaker_state::open && effect_->give_up != nullptr) {
    refuse();
  }
}

void effect_runner::start(calls::iterator place) {
  auto& c = place->second;
  ++c.attempts;
  ++counters_.attempts;
  ++in_flight_;
  c.at = phase::running;
  effect_context::call what{c.owed->key, c.owed->event,   c.owed->correlation,
                            c.attempts,  policy_.timeout, given_.service->provides};
  c.now = std::make_unique<attempt>(
      attempt{effect_context(what, idempotency_key(given_.journal_name(c.from), *c.owed), given_.host),
              std::make_shared<channel>(this, place->first, c.attempts), nullptr});
  begin(c);
  if (auto early = c.now->end->started()) {
    finish(place, std::move(*early));
    return;
  }
  c.due = given_.now() + policy_.timeout;
  due_.emplace(c.due, place->first);
}

void effect_runner::begin(call& c) {
  auto& a = *c.now;
  const auto fault = given_.faults ? given_.faults(*c.owed, c.attempts) : effect_fault{};
  std::shared_ptr<reel::detail::effect_channel> to = a.end;
  if (fault.refused) {
    a.end->fail({"the simulation refuses it"});
    return;
  }
  if (fault.lost) {
    to = std::make_shared<silent_channel>();
  } else if (fault.delay.count() > 0) {
    to = std::make_shared<slow_channel>(a.end, given_.host, fault.delay);
  }
  try {
    if (fault.twice) {
      a.running = effect_->start(c.owed->payload.data(), a.context, std::make_shared<silent_channel>());
    }
    a.running = effect_->start(c.owed->payload.data(), a.context, to);
  } catch (...) {
    to->fail(reel::detail::failure_in_flight());
  }
}

void effect_runner::on_end(const event_id& event, std::uint32_t attempt_number, end result) {
  const auto place = calls_.find(event);
  if (place == calls_.end() || place->second.at != phase::running || place->second.attempts != attempt_number) {
    note_late();
    return;
  }
  due_.erase({place->second.due, event});
  finish(place, std::move(result));
  pump();
}

void effect_runner::finish(calls::iterator place, end result) {
  auto& c = place->second;
  --in_flight_;
  c.now.reset();
  if (!result.failure) {
    breaker_.succeed();
    ++counters_.answered;
    settle(place, {place->first, std::move(result.answer), std::nullopt});
    return;
  }
  auto& failure = *result.failure;
  ++counters_.failed;
  failure.attempts = c.attempts;
  if (failure.permanent) {
    breaker_.succeed(); // somebody is there and has said no
  } else {
    breaker_.fail(given_.now());
  }
  if (failure.permanent || (policy_.retries.attempts != 0 && c.attempts >= policy_.retries.attempts)) {
    ++counters_.given_up;
    settle(place, {place->first, nullptr, std::move(failure)});
    return;
  }
  c.error = std::move(failure.what);
  c.at = phase::waiting;
  c.due = given_.now() + backoff(policy_.retries, c.attempts, xxh3(c.owed->key) + c.owed->hash);
  due_.emplace(c.due, place->first);
}

void effect_runner::settle(calls::iterator place, effect_result result) {
  results_.emplace_back(place->second.from, std::move(result));
  calls_.erase(place);
}

// While the breaker is open nothing waits that can be given up.
void effect_runner::refuse() {
  for (auto place = calls_.begin(); place != calls_.end();) {
    auto& c = place->second;
    if (c.at == phase::running) {
      ++place;
      continue;
    }
    if (c.at == phase::waiting) {
      due_.erase({c.due, place->first});
    }
    ++counters_.given_up;
    ++counters_.refused;
    effect_failure failure{"the circuit breaker of " + name_ + " is open" + (c.error.empty() ? "" : ": " + c.error)};
    failure.attempts = c.attempts;
    failure.refused = true;
    settle(place++, {place->first, nullptr, std::move(failure)});
  }
  queue_.clear();
}

void effect_runner::on_time() {
  const auto now = given_.now();
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto place = calls_.find(due_.begin()->second);
    due_.erase(due_.begin());
    auto& c = place->second;
    if (c.at == phase::running) {
      ++counters_.timeouts;
      finish(place, {nullptr, effect_failure{"no answer within " + std::to_string(policy_.timeout.count()) + " ms"}});
    } else {
      c.at = phase::queued;
      queue_.push_back(place->first);
    }
  }
  pump();
}

std::optional<timestamp> effect_runner::next_due() const {
  std::optional<timestamp> due;
  if (!due_.empty()) {
    due = due_.begin()->first;
  }
  if (!queue_.empty() && breaker_.state() == breaker_state::open && (!due || breaker_.until() < *due)) {
    due = breaker_.until();
  }
  return due;
}

} // namespace reel::core
