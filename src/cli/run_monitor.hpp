// Counts what happens while a program runs its input, for the progress line, the pace of the feed and the end of the
// run.
#pragma once

#include "core/pending_fold.hpp"
#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace reel::cli {

/// Reads all journals from their beginning, so that its counts are exact after a restart too. on_frame() runs in one
/// actor; everything else may be called from any thread.
class run_monitor : public runtime::frame_consumer {
public:
  /// Flows that began before `live_from` belong to earlier runs.
  run_monitor(std::shared_ptr<const runtime::plan> plan, timestamp live_from);

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override;

  struct counts {
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> ended{0};
    std::atomic<std::uint64_t> cancelled{0};    ///< of those
    std::atomic<std::uint64_t> begun_before{0}; ///< of those, by earlier runs
    std::atomic<std::uint64_t> ended_before{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> events_before{0};
    std::atomic<std::uint64_t> compensations{0};
    std::atomic<std::uint64_t> dead_letters{0};
    std::atomic<std::int64_t> first_live{0}; ///< when this run's first event was committed, ns since 1970; 0: none
    std::atomic<std::int64_t> last_end{0};   ///< when the newest flow ended
  };
  [[nodiscard]] const counts& now() const noexcept {
    return counts_;
  }
  /// Frame up to which a journal has been seen.
  [[nodiscard]] std::uint64_t seen(std::size_t journal) const noexcept {
    return seen_[journal].load(std::memory_order_relaxed);
  }

private:
  enum kind : std::uint8_t { begun = 1, ended = 2, compensation = 4, cancelled = 8 };

  std::shared_ptr<const runtime::plan> plan_;
  timestamp live_from_;
  std::vector<std::uint8_t> kinds_; // by registry index: kind flags
  counts counts_;
  std::vector<std::atomic<std::uint64_t>> seen_;
  core::pending_fold pending_;
};

} // namespace reel::cli
