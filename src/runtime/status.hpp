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
  std::atomic<std::uint64_t> waiting{0};      ///< frames received and not handled
  std::atomic<std::uint64_t> unsettled{0};    ///< frames open or on their way to the log
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<std::uint64_t> snapshots{0};
  std::atomic<std::uint64_t> fenced{0}; ///< how often another owner wrote
  std::atomic<bool> owned{false};       ///< in a cluster: the register says so
  std::atomic<bool> standing_by{false}; ///< a copy is kept, to take over
};

/// A node's place in its cluster.
enum class membership { alone, joining, member, leaving, gone, refused };

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

  // -- in a cluster ---------------------------------------------------------------------------------------------------

  std::atomic<runtime::membership> membership{runtime::membership::alone};
  std::atomic<std::uint64_t> takeovers{0};  ///< partitions that were nobody's and became this node's
  std::atomic<std::uint64_t> handovers{0};  ///< partitions that this node gave away, alive
  std::atomic<std::uint64_t> fenced{0};     ///< partitions that ended because another owner wrote
  std::atomic<std::uint64_t> step_downs{0}; ///< heartbeats that were not committed in time
  std::atomic<std::uint64_t> expulsions{0}; ///< others took this node for dead

  /// Why the others do not admit this node.
  void refuse(std::string reason) {
    raise("cannot join the cluster: " + reason);
    membership = runtime::membership::refused;
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
  std::vector<std::string> alarms_;
};

} // namespace reel::runtime
