#include <reel/detail/rehearsal.hpp>

#include <deque>
#include <map>

namespace reel::detail {
namespace {

/// Runs what is posted in order, and then what is due first.
class virtual_host final : public effect_host {
public:
  void post(std::function<void()> run) override {
    posted_.push_back(std::move(run));
  }
  void after(std::chrono::nanoseconds time, std::function<void()> run) override {
    timers_.emplace(now_ + time, std::move(run));
  }
  /// False when there is nothing left.
  bool step() {
    if (posted_.empty() && timers_.empty()) {
      return false;
    }
    if (posted_.empty()) {
      now_ = timers_.begin()->first;
      posted_.push_back(std::move(timers_.begin()->second));
      timers_.erase(timers_.begin());
    }
    const auto run = std::move(posted_.front());
    posted_.pop_front();
    run();
    return true;
  }

private:
  std::chrono::nanoseconds now_{};
  std::deque<std::function<void()>> posted_;
  std::multimap<std::chrono::nanoseconds, std::function<void()>> timers_;
};

class first_end final : public effect_channel {
public:
  void answer(std::shared_ptr<const void> value) override {
    end = end ? end : std::optional(effect_end{std::move(value), std::nullopt});
  }
  void fail(effect_failure failure) override {
    end = end ? end : std::optional(effect_end{nullptr, std::move(failure)});
  }
  std::optional<effect_end> end;
};

} // namespace

effect_end rehearse(const effect_info& effect, const effect_context::call& call, const std::byte* event) {
  const auto host = std::make_shared<virtual_host>();
  const auto channel = std::make_shared<first_end>();
  const effect_context ctx(call, "test:" + std::to_string(static_cast<std::uint64_t>(call.event.sequence)), host);
  try {
    const auto running = effect.start(event, ctx, channel);
    while (!channel->end && host->step()) {
    }
  } catch (...) {
    channel->fail(failure_in_flight());
  }
  if (!channel->end) {
    channel->fail({"no answer"});
  }
  if (channel->end->failure) {
    channel->end->failure->attempts = call.attempt;
  }
  return *channel->end;
}

} // namespace reel::detail
