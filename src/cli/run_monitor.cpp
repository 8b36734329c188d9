#include "cli/run_monitor.hpp"

#include <numeric>

namespace reel::cli {

run_monitor::run_monitor(std::shared_ptr<const runtime::plan> plan, timestamp live_from)
    : plan_(std::move(plan)), live_from_(live_from), seen_(plan_->journals.size()), pending_(plan_->registry) {
  const auto& flow = plan_->choreography.flow;
  for (const auto& info : plan_->registry.events()) {
    std::uint8_t flags = info.compensates.empty() ? 0 : compensation;
    flags |= info.id == flow.completes ? ended : 0;
    flags |= info.id == flow.cancels ? ended | cancelled : 0;
    flags |= info.id == flow.begins ? begun : 0;
    kinds_.push_back(flags);
  }
  kinds_.push_back(0); // types that this program does not know
}

std::vector<std::size_t> run_monitor::journals() const {
  std::vector<std::size_t> all(plan_->journals.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

core::position run_monitor::handled(std::size_t) {
  return {};
}

void run_monitor::on_frame(const std::shared_ptr<const core::frame>& frame) {
  const auto count = frame->event_count();
  std::uint64_t all_begun = 0;
  std::uint64_t all_ended = 0;
  std::uint64_t all_cancelled = 0;
  std::uint64_t compensations = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto flags = kinds_[plan_->registry.index_of(frame->type_of(i))];
    all_begun += (flags & begun) != 0 ? 1 : 0;
    all_ended += (flags & ended) != 0 ? 1 : 0;
    all_cancelled += (flags & cancelled) != 0 ? 1 : 0;
    compensations += (flags & compensation) != 0 ? 1 : 0;
  }
  const bool live = frame->time() >= live_from_;
  const auto time = frame->time().time_since_epoch().count();
  if (!live) {
    counts_.begun_before += all_begun;
    counts_.ended_before += all_ended;
    counts_.events_before += count;
  } else if (count > 0 && counts_.first_live == 0) {
    counts_.first_live = time;
  }
  if (all_ended > 0 && time > counts_.last_end) {
    counts_.last_end = time;
  }
  counts_.begun += all_begun;
  counts_.events += count;
  counts_.cancelled += all_cancelled;
  counts_.compensations += compensations;
  pending_.observe(*frame);
  counts_.dead_letters = pending_.dead();
  for (std::size_t j = 0; j < seen_.size(); ++j) {
    if (plan_->journals[j].id == frame->journal()) {
      seen_[j].store(static_cast<std::uint64_t>(frame->sequence()), std::memory_order_relaxed);
    }
  }
  counts_.ended += all_ended;
}

void run_monitor::flush() {}

} // namespace reel::cli
