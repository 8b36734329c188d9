#include "cli/bench/visibility_probe.hpp"

#include <algorithm>
#include <utility>

namespace reel::cli::bench {

// -- open loop --------------------------------------------------------------------------------------------------------

std::chrono::nanoseconds open_loop_clock::pace_now() {
  const auto time = now();
  std::int64_t none = 0;
  start_.compare_exchange_strong(none, time.count());
  return time;
}

std::chrono::nanoseconds open_loop_clock::due(std::uint64_t index) const {
  const auto start = start_.load();
  return start == 0
             ? std::chrono::nanoseconds{}
             : std::chrono::nanoseconds(start + static_cast<std::int64_t>(static_cast<double>(index) * 1e9 / rate_));
}

// -- visibility -------------------------------------------------------------------------------------------------------

void visibility_probe::seen(std::uint64_t index) {
  const auto latency = open_loop_clock::now() - clock_->due(index);
  const std::lock_guard lock(mutex_);
  ++count_;
  if (index >= skipped_) {
    latencies_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0)));
  }
}

histogram visibility_probe::latencies() const {
  const std::lock_guard lock(mutex_);
  return latencies_;
}

std::uint64_t visibility_probe::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

// -- ends -------------------------------------------------------------------------------------------------------------

end_probe::end_probe(std::shared_ptr<const runtime::plan> plan, std::shared_ptr<visibility_probe> ends)
    : plan_(std::move(plan)), ends_(std::move(ends)) {}

std::vector<std::size_t> end_probe::journals() const {
  std::vector<std::size_t> all(plan_->journals.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = i;
  }
  return all;
}

core::position end_probe::handled(std::size_t /*journal*/) {
  return {};
}

void end_probe::on_frame(const std::shared_ptr<const core::frame>& frame) {
  const auto& flow = plan_->choreography.flow;
  for (std::size_t i = 0; i < frame->event_count(); ++i) {
    const auto event = frame->event(i);
    const auto correlation = static_cast<std::uint64_t>(event.correlation);
    if (event.type == flow.begins) {
      open_.emplace(correlation, begun_++);
    } else if (event.type == flow.completes || event.type == flow.cancels) {
      if (const auto it = open_.find(correlation); it != open_.end()) {
        ends_->seen(it->second);
        open_.erase(it);
        ++ended_;
      }
    }
  }
}

// -- read model -------------------------------------------------------------------------------------------------------

view_probe::view_probe(std::unique_ptr<runtime::frame_consumer> view, std::shared_ptr<const runtime::plan> plan,
                       std::shared_ptr<visibility_probe> rows)
    : view_(std::move(view)), plan_(std::move(plan)), rows_(std::move(rows)) {}

std::vector<std::size_t> view_probe::journals() const {
  return view_->journals();
}

core::position view_probe::handled(std::size_t journal) {
  return view_->handled(journal);
}

core::expected<void> view_probe::check_tail(std::size_t journal, const core::position& tail) const {
  return view_->check_tail(journal, tail);
}

void view_probe::on_frame(const std::shared_ptr<const core::frame>& frame) {
  view_->on_frame(frame);
  for (std::size_t i = 0; i < frame->event_count(); ++i) {
    if (frame->event(i).type == plan_->choreography.flow.begins) {
      unwritten_.push_back(begun_++);
    }
  }
}

void view_probe::flush() {
  view_->flush();
  for (const auto index : unwritten_) {
    rows_->seen(index);
  }
  unwritten_.clear();
}

} // namespace reel::cli::bench
