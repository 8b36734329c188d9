// Measures from outside when flows become visible: an open-loop clock for what comes in, and consumers that look.
#pragma once

#include "cli/histogram.hpp"
#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace reel::cli::bench {

/// When each flow was due to come in, whether the system was ready for it or not: latencies that start there do not
/// leave out the waiting of those that came late (no coordinated omission). Thread-safe.
class open_loop_clock {
public:
  explicit open_loop_clock(double rate) : rate_(rate) {}

  [[nodiscard]] static std::chrono::nanoseconds now() {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
  /// For feed_pace: the first call is when flow 0 is due.
  [[nodiscard]] std::chrono::nanoseconds pace_now();
  /// Flow `index` was due then; 0 when nothing has come in yet.
  [[nodiscard]] std::chrono::nanoseconds due(std::uint64_t index) const;

private:
  double rate_;
  std::atomic<std::int64_t> start_{0};
};

/// Time from when a flow was due until something of it could be seen.
class visibility_probe {
public:
  /// Flows before `skipped` warm the system up and are not counted.
  visibility_probe(std::shared_ptr<const open_loop_clock> clock, std::uint64_t skipped)
      : clock_(std::move(clock)), skipped_(skipped) {}

  void seen(std::uint64_t index);
  [[nodiscard]] histogram latencies() const;
  [[nodiscard]] std::uint64_t count() const;

private:
  std::shared_ptr<const open_loop_clock> clock_;
  std::uint64_t skipped_;
  mutable std::mutex mutex_;
  histogram latencies_;
  std::uint64_t count_ = 0;
};

/// Sees committed frames: notes each flow when the event that ends it is handed out.
class end_probe final : public runtime::frame_consumer {
public:
  end_probe(std::shared_ptr<const runtime::plan> plan, std::shared_ptr<visibility_probe> ends);

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override {}

  [[nodiscard]] std::uint64_t begun() const noexcept {
    return begun_;
  }
  [[nodiscard]] std::uint64_t ended() const noexcept {
    return ended_;
  }

private:
  std::shared_ptr<const runtime::plan> plan_;
  std::shared_ptr<visibility_probe> ends_;
  std::unordered_map<std::uint64_t, std::uint64_t> open_; // correlation -> index of the flow
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> ended_{0};
};

/// Around a read model: notes each flow when the transaction with its first row is committed.
class view_probe final : public runtime::frame_consumer {
public:
  view_probe(std::unique_ptr<runtime::frame_consumer> view, std::shared_ptr<const runtime::plan> plan,
             std::shared_ptr<visibility_probe> rows);

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  [[nodiscard]] core::expected<void> check_tail(std::size_t journal, const core::position& tail) const override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override;

private:
  std::unique_ptr<runtime::frame_consumer> view_;
  std::shared_ptr<const runtime::plan> plan_;
  std::shared_ptr<visibility_probe> rows_;
  std::uint64_t begun_ = 0;
  std::vector<std::uint64_t> unwritten_; // indices of flows that came with the frames since the last flush
};

} // namespace reel::cli::bench
