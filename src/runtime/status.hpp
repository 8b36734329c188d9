// What a node says of itself while it runs: positions, lag, counters and alarms, for progress displays and metrics.
#pragma once

#include <reel/ids.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace reel::runtime {

/// One partition or source.
struct partition_status {
  std::atomic<bool> running{false};
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<std::uint64_t> sequence{0}; ///< committed
  std::atomic<std::uint64_t> recovered_frames{0};
  std::atomic<std::uint64_t> recovered_events{0};
  std::atomic<std::uint64_t> recovering_to{0};
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> reactions{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> dead_letters{0}; ///< now
  std::atomic<std::uint64_t> pending{0};      ///< events that wait to be tried again, or behind such ones
  std::atomic<std::uint64_t> effects{0};      ///< owed and not settled
  std::atomic<std::uint64_t> ignored{0};      ///< results of effects that were not owed any more
  std::atomic<std::uint64_t> timers{0};       ///< deadlines that are armed
  std::atomic<std::uint64_t> waiting{0};      ///< frames received and not handled
  std::atomic<std::uint64_t> unsettled{0};    ///< frames open or on their way to the log
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<std::uint64_t> snapshots{0};
};

/// One effect of one service, for all its partitions on this node.
struct effect_status {
  explicit effect_status(std::string effect) : name(std::move(effect)) {}

  const std::string name;                  ///< "payment.Payment.charge"
  std::atomic<std::uint32_t> breaker{0};   ///< core::breaker_state: closed, open, half-open
  std::atomic<std::uint64_t> opened{0};    ///< how often
  std::atomic<std::uint64_t> owed{0};      ///< now: not settled, whether called or not
  std::atomic<std::uint64_t> in_flight{0}; ///< now: calls under way
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::uint64_t> failed{0};   ///< attempts
  std::atomic<std::uint64_t> timeouts{0}; ///< of these
  std::atomic<std::uint64_t> given_up{0}; ///< effects
  std::atomic<std::uint64_t> refused{0};  ///< of these, because the breaker was open
  std::atomic<std::uint64_t> late{0};     ///< answers that nobody waited for any more
};

/// Thread-safe. Writers are the actors, readers anybody.
class node_status {
public:
  explicit node_status(std::size_t journals) : heads_(journals), partitions_(journals), handled_(journals * journals) {}

  void set_head(std::size_t journal, frame_sequence last) noexcept {
    heads_[journal].store(static_cast<std::uint64_t>(last), std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t head(std::size_t journal) const noexcept {
    return heads_[journal].load(std::memory_order_relaxed);
  }
  /// The partition that writes journal `consumer` has handled `source` up to here.
  void set_handled(std::size_t consumer, std::size_t source, frame_sequence handled) noexcept {
    handled_[consumer * heads_.size() + source].store(static_cast<std::uint64_t>(handled), std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t handled(std::size_t consumer, std::size_t source) const noexcept {
    return handled_[consumer * heads_.size() + source].load(std::memory_order_relaxed);
  }
  [[nodiscard]] partition_status& partition(std::size_t journal) noexcept {
    return partitions_[journal];
  }
  [[nodiscard]] const partition_status& partition(std::size_t journal) const noexcept {
    return partitions_[journal];
  }

  /// Made when it is asked for first.
  [[nodiscard]] effect_status& effect(const std::string& name) {
    const std::lock_guard lock(mutex_);
    for (auto& known : effects_) {
      if (known.name == name) {
        return known;
      }
    }
    return effects_.emplace_back(name);
  }
  /// Those that were asked for so far, in that order.
  [[nodiscard]] std::vector<const effect_status*> effects() const {
    const std::lock_guard lock(mutex_);
    std::vector<const effect_status*> all;
    for (const auto& known : effects_) {
      all.push_back(&known);
    }
    return all;
  }

  /// Something that a person must look at.
  void raise(std::string alarm) {
    const std::lock_guard lock(mutex_);
    alarms_.push_back(std::move(alarm));
  }
  [[nodiscard]] std::vector<std::string> alarms() const {
    const std::lock_guard lock(mutex_);
    return alarms_;
  }

private:
  std::vector<std::atomic<std::uint64_t>> heads_;
  std::deque<partition_status> partitions_;
  std::vector<std::atomic<std::uint64_t>> handled_;
  mutable std::mutex mutex_;
  std::deque<effect_status> effects_;
  std::vector<std::string> alarms_;
};

} // namespace reel::runtime
