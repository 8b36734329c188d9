// Counts what happens while the demo runs: how orders end, events per type, compensations, latencies.
#pragma once

#include "cli/histogram.hpp"
#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace reel::demo {

/// What the monitor has counted so far.
struct run_counts {
  std::uint64_t orders = 0; ///< created
  std::uint64_t completed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t events = 0;
  std::uint64_t compensations = 0;
  std::uint64_t dead_letters = 0;
  std::map<std::string, std::uint64_t> events_by_type; ///< by qualified name
  std::map<std::string, std::uint64_t> cancelled_by_reason;
  timestamp first{};
  timestamp last{};
};

/// A consumer of all journals from their beginning, so that its counts are exact after a restart too. Runs in one actor; counts(),
/// ended() and caught_up() may be called from any thread.
class run_monitor : public runtime::frame_consumer {
public:
  /// `live_from`: only orders created from then on count for latencies; earlier ones waited for the restart.
  run_monitor(std::shared_ptr<const runtime::plan> plan, timestamp live_from);

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override;

  [[nodiscard]] run_counts counts() const;
  /// Orders that reached a terminal event.
  [[nodiscard]] std::uint64_t ended() const noexcept {
    return ended_.load(std::memory_order_relaxed);
  }
  /// Frame up to which a journal has been seen.
  [[nodiscard]] std::uint64_t seen(std::size_t journal) const noexcept {
    return seen_[journal].load(std::memory_order_relaxed);
  }
  /// From OrderCreated to the terminal event, in microseconds.
  [[nodiscard]] cli::histogram latency() const;

private:
  enum class kind : std::uint8_t { other, created, completed, cancelled };

  std::shared_ptr<const runtime::plan> plan_;
  timestamp live_from_;
  std::vector<kind> kinds_;                 // by registry index
  std::vector<std::uint64_t> counts_;       // by registry index
  std::vector<bool> compensates_;           // by registry index
  std::unordered_map<std::uint64_t, timestamp> open_; // by correlation: when it was created
  cli::histogram latency_;
  run_counts totals_;
  std::map<std::uint8_t, std::uint64_t> reasons_;
  std::vector<std::atomic<std::uint64_t>> seen_;
  std::atomic<std::uint64_t> ended_{0};
  mutable std::mutex mutex_; // guards everything that is not atomic, frame by frame
};

} // namespace reel::demo
