// What a source reads: the outside world as batches of events, pulled when the journal has room.
#pragma once

#include <reel/outbox.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace reel {

/// The input of one source journal. Called by one thread at a time (the source's actor); must not block.
class feed {
public:
  virtual ~feed() = default;
  /// Names the input and everything that shapes what is read from it. The same identity means the same input, of which
  /// a journal knows how far it was read.
  [[nodiscard]] virtual std::string identity() const = 0;
  /// Whether the journal may hold other inputs too. Otherwise it goes on only with the one that it holds.
  [[nodiscard]] virtual bool shares_journal() const {
    return false;
  }
  /// Skips what an earlier run has committed. Called once, before fill(). False when the input is shorter.
  [[nodiscard]] virtual bool skip(std::uint64_t offset) = 0;
  /// Asked after skip() when an earlier run had read the input to its end: whether something has been added since.
  [[nodiscard]] virtual bool grown() const {
    return false;
  }

  struct filled {
    std::uint64_t offset = 0; ///< units of input read so far, including skipped ones
    bool complete = false;    ///< nothing will follow
  };
  /// Adds the next events, about `bytes_max` bytes of them, or none when nothing is due yet.
  [[nodiscard]] virtual filled fill(outbox& out, std::size_t bytes_max) = 0;
};

/// How fast flows (orders, trips) are let in.
struct feed_pace {
  /// Flows that may be open at once. As fast as it goes means: as many as the services keep up with.
  std::uint64_t open_flows_max = 20'000;
  /// Flows per second, whether the services keep up or not (open loop). 0: only open_flows_max counts.
  double rate = 0;
  /// Flows that have ended so far, those of earlier runs included.
  std::function<std::uint64_t()> ended;
  /// Monotonic time.
  std::function<std::chrono::nanoseconds()> now;
};

/// Tells a feed when the next flow is due. Not thread-safe.
class feed_pacer {
public:
  explicit feed_pacer(feed_pace pace) : pace_(std::move(pace)) {}
  /// `begun` flows came in during earlier runs.
  void go_on(std::uint64_t begun) noexcept {
    begun_before_ = begun;
  }
  /// Whether one more may come in after `begun` ones, those of earlier runs included.
  [[nodiscard]] bool due(std::uint64_t begun) {
    if (pace_.rate > 0) {
      if (!started_) {
        started_ = pace_.now();
      }
      const auto seconds = std::chrono::duration<double>(pace_.now() - *started_).count();
      return static_cast<double>(begun - begun_before_) < seconds * pace_.rate;
    }
    return begun < pace_.ended() + pace_.open_flows_max;
  }

private:
  feed_pace pace_;
  std::uint64_t begun_before_ = 0;
  std::optional<std::chrono::nanoseconds> started_;
};

} // namespace reel
