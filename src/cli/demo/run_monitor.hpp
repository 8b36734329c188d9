// Counts what happens while the demo runs, for the progress line, the pace of the feed and the end of the run.
#pragma once

#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace reel::demo {

/// Reads all journals from their beginning, so that its counts are exact after a restart too. on_frame() runs in one
/// actor; everything else may be called from any thread.
class run_monitor : public runtime::frame_consumer {
public:
  /// Orders that were created before `live_from` belong to earlier runs.
  run_monitor(std::shared_ptr<const runtime::plan> plan, timestamp live_from);

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override;

  struct counts {
    std::atomic<std::uint64_t> created{0};
    std::atomic<std::uint64_t> ended{0};
    std::atomic<std::uint64_t> cancelled{0};      ///< of those
    std::atomic<std::uint64_t> created_before{0}; ///< of those, by earlier runs
    std::atomic<std::uint64_t> ended_before{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> events_before{0};
    std::atomic<std::uint64_t> compensations{0};
    std::atomic<std::uint64_t> dead_letters{0};
    std::atomic<std::int64_t> first_live{0}; ///< when this run's first event was committed, ns since 1970; 0: none
    std::atomic<std::int64_t> last_end{0};   ///< when the newest order ended
  };
  [[nodiscard]] const counts& now() const noexcept {
    return counts_;
  }
  /// Frame up to which a journal has been seen.
  [[nodiscard]] std::uint64_t seen(std::size_t journal) const noexcept {
    return seen_[journal].load(std::memory_order_relaxed);
  }

private:
  enum kind : std::uint8_t { created = 1, ended = 2, compensation = 4, cancelled = 8 };

  std::shared_ptr<const runtime::plan> plan_;
  timestamp live_from_;
  std::vector<std::uint8_t> kinds_; // by registry index: kind flags
  counts counts_;
  std::vector<std::atomic<std::uint64_t>> seen_;
};

} // namespace reel::demo
