#include <reel/admission.hpp>

#include <algorithm>
#include <deque>
#include <mutex>
#include <vector>

namespace reel {

namespace {

struct waiting_event {
  event_type_id type{};
  std::uint16_t version = 1;
  std::vector<std::byte> payload; // the default allocator aligns to 16
};

} // namespace

struct admission::state {
  std::string name;
  std::function<std::chrono::nanoseconds()> clock;
  admission_limits limits;

  mutable std::mutex mutex; // for what follows
  std::deque<std::vector<waiting_event>> offers;
  counts count;
  bool closed = false;
  std::uint64_t taken = 0; // offers, those of earlier lives included
  std::chrono::nanoseconds last_fill{};
  double bytes_per_second = 0; // at which the source takes them, smoothed

  /// How long what waits will take.
  [[nodiscard]] std::chrono::milliseconds patience() const {
    const auto last = static_cast<double>(limits.retry_last.count());
    const auto ms = bytes_per_second > 0 ? 1000.0 * static_cast<double>(count.waiting_bytes) / bytes_per_second : last;
    return std::clamp(std::chrono::milliseconds(static_cast<std::int64_t>(std::min(ms, last))), limits.retry_first,
                      limits.retry_last);
  }
  void note_pace(std::size_t bytes) {
    constexpr double weight = 0.2; // of the newest measurement
    const auto at = clock();
    const auto seconds = std::chrono::duration<double>(at - last_fill).count();
    if (last_fill.count() != 0 && seconds > 0) {
      const auto pace = static_cast<double>(bytes) / seconds;
      bytes_per_second = bytes_per_second > 0 ? bytes_per_second * (1 - weight) + pace * weight : pace;
    }
    last_fill = at;
  }
};

admission::admission(std::string name, std::function<std::chrono::nanoseconds()> clock, const admission_limits& limits)
    : state_(std::make_unique<state>()) {
  state_->name = std::move(name);
  state_->clock = std::move(clock);
  state_->limits = limits;
}

admission::~admission() = default;

admission_answer admission::offer(const outbox& events) {
  std::vector<waiting_event> copies; // made without the lock
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const auto e = events.event(i);
    copies.push_back({e.type, e.version, {e.payload.begin(), e.payload.end()}});
  }
  auto& s = *state_;
  const std::lock_guard lock(s.mutex);
  const bool fits = s.count.waiting_bytes == 0 || s.count.waiting_bytes + events.bytes() <= s.limits.bytes_max;
  if (s.closed || !fits) {
    ++s.count.refused;
    return {false, s.patience()};
  }
  ++s.count.accepted;
  s.count.waiting_bytes += events.bytes();
  s.offers.push_back(std::move(copies));
  return {true, {}};
}

void admission::close() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

admission::counts admission::now() const {
  const std::lock_guard lock(state_->mutex);
  return state_->count;
}

std::string admission::identity() const {
  return state_->name;
}

// What earlier lives took was pushed to them: there is nothing to skip.
bool admission::skip(std::uint64_t offset) {
  const std::lock_guard lock(state_->mutex);
  state_->taken = offset;
  return true;
}

feed::filled admission::fill(outbox& out, std::size_t bytes_max) {
  auto& s = *state_;
  const std::lock_guard lock(s.mutex);
  const auto before = out.bytes();
  while (!s.offers.empty() && out.bytes() < bytes_max) {
    for (const auto& e : s.offers.front()) {
      out.copy({e.type, e.version, e.payload});
    }
    s.offers.pop_front();
    ++s.taken;
  }
  const auto bytes = out.bytes() - before;
  s.count.waiting_bytes = s.offers.empty() ? 0 : s.count.waiting_bytes - std::min(bytes, s.count.waiting_bytes);
  if (bytes > 0) {
    s.note_pace(bytes);
  }
  return {s.taken, s.closed && s.offers.empty()};
}

} // namespace reel
