#include "cli/demo/run_monitor.hpp"

#include "core/hash.hpp"

#include <reel/frame_generated.h>
#include <shop/orders_events.hpp>
#include <shop/intake_events.hpp>

namespace reel::demo {

run_monitor::run_monitor(std::shared_ptr<const runtime::plan> plan, timestamp live_from)
    : plan_(std::move(plan)), live_from_(live_from), seen_(plan_->journals.size()) {
  const auto& registry = plan_->registry;
  kinds_.resize(registry.events().size(), kind::other);
  counts_.resize(registry.events().size());
  compensates_.resize(registry.events().size());
  for (std::size_t i = 0; i < registry.events().size(); ++i) {
    compensates_[i] = !registry.events()[i].compensates.empty();
  }
  const auto mark = [&](const event_info& info, kind k) {
    const auto index = registry.index_of(info.id);
    if (index < kinds_.size()) {
      kinds_[index] = k;
    }
  };
  mark(info<shop::intake::OrderCreated>(), kind::created);
  mark(info<shop::orders::OrderCompleted>(), kind::completed);
  mark(info<shop::orders::OrderCancelled>(), kind::cancelled);
}

std::vector<std::size_t> run_monitor::journals() const {
  std::vector<std::size_t> all(plan_->journals.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = i;
  }
  return all;
}

core::position run_monitor::handled(std::size_t) {
  return {};
}

void run_monitor::on_frame(const std::shared_ptr<const core::frame>& frame) {
  const std::lock_guard lock(mutex_);
  const auto count = frame->event_count();
  for (std::size_t i = 0; i < count; ++i) {
    const auto event = frame->event(i);
    const auto type = plan_->registry.index_of(event.type);
    if (type >= counts_.size()) {
      continue;
    }
    ++counts_[type];
    const auto flow = static_cast<std::uint64_t>(event.correlation);
    if (kinds_[type] == kind::created) {
      ++totals_.orders;
      open_[flow] = frame->time();
    } else if (kinds_[type] != kind::other) {
      auto& ended = kinds_[type] == kind::completed ? totals_.completed : totals_.cancelled;
      ++ended;
      ended_.fetch_add(1, std::memory_order_relaxed);
      if (kinds_[type] == kind::cancelled) {
        const auto* cancelled = flatbuffers::GetRoot<shop::orders::OrderCancelled>(event.payload.data());
        ++reasons_[static_cast<std::uint8_t>(cancelled->reason())];
      }
      if (const auto it = open_.find(flow); it != open_.end()) {
        if (it->second >= live_from_) {
          latency_.record(static_cast<std::uint64_t>((frame->time() - it->second).count() / 1000));
        }
        open_.erase(it);
      }
    }
  }
  totals_.events += count;
  if (const auto* pending = frame->body().pending_added()) {
    totals_.dead_letters += pending->size();
  }
  if (count > 0) {
    totals_.first = totals_.first == timestamp{} ? frame->time() : std::min(totals_.first, frame->time());
    totals_.last = std::max(totals_.last, frame->time());
  }
  for (std::size_t j = 0; j < plan_->journals.size(); ++j) {
    if (plan_->journals[j].id == frame->journal()) {
      seen_[j].store(static_cast<std::uint64_t>(frame->sequence()), std::memory_order_relaxed);
    }
  }
}

void run_monitor::flush() {
}

run_counts run_monitor::counts() const {
  const std::lock_guard lock(mutex_);
  auto result = totals_;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) {
      result.events_by_type.emplace(plan_->registry.events()[i].name, counts_[i]);
      result.compensations += compensates_[i] ? counts_[i] : 0;
    }
  }
  for (const auto& [reason, count] : reasons_) {
    result.cancelled_by_reason.emplace(shop::EnumNameReason(static_cast<shop::Reason>(reason)), count);
  }
  return result;
}

cli::histogram run_monitor::latency() const {
  const std::lock_guard lock(mutex_);
  return latency_;
}

} // namespace reel::demo
