// Leases on any log, by the same compare-and-append as everything else: who should write a partition now.
#pragma once

#include "transport/log.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace reel::transport {

struct lease_options {
  std::string cluster;
  std::string service; ///< the service whose partition is leased
  std::uint32_t partition = 0;
  std::uint32_t partitions = 1;
  std::string owner; ///< this node; not empty
  std::chrono::nanoseconds duration = std::chrono::seconds(10);
};

struct lease_state {
  std::string owner; ///< empty: nobody
  std::uint64_t epoch = 0;
  timestamp until{}; ///< not after this, unless renewed

  [[nodiscard]] bool held_at(timestamp now) const {
    return !owner.empty() && now < until;
  }
};

/// One node's view of the lease of one partition. A lease lives in a journal of its own
/// ("lease.<service>/<partition>"): the last frame says who holds it, since when and in which epoch.
///
/// For liveness only: two nodes whose clocks differ may both believe that they hold it. What keeps a partition's
/// journal right is the journal's own compare-and-append. Not thread-safe. All functions block until the log has
/// answered; not for actors that must not block.
class lease {
public:
  /// `now` is the wall clock. `progress` is called while an answer is awaited, for logs without threads; may be null.
  lease(log& log, lease_options options, std::function<timestamp()> now, std::function<void()> progress = nullptr);

  /// Takes the lease in a new epoch. Errors: fenced, naming the holder; those of the log.
  [[nodiscard]] core::expected<lease_state> acquire();
  /// Extends it. Errors: fenced, when somebody else took it meanwhile or it was never held; those of the log.
  [[nodiscard]] core::expected<lease_state> renew();
  /// Gives it back, so that others need not wait for its end. Errors: as renew().
  [[nodiscard]] core::expected<void> release();
  /// As the log has it now.
  [[nodiscard]] core::expected<lease_state> holder();

private:
  [[nodiscard]] core::expected<void> refresh();
  [[nodiscard]] core::expected<lease_state> write(const std::string& owner, std::uint64_t epoch);
  [[nodiscard]] core::expected<frames> read_from(frame_sequence from);
  template <class Result>
  [[nodiscard]] Result await(const std::function<void(std::function<void(Result)>)>& start) const;
  [[nodiscard]] std::string name() const;

  log* log_;
  lease_options options_;
  std::function<timestamp()> now_;
  std::function<void()> progress_;
  journal_id journal_{};
  journal_tail tail_;
  timestamp written_{}; ///< time of the last frame
  lease_state state_;   ///< as of tail_
  std::optional<std::uint64_t> held_epoch_;
};

} // namespace reel::transport
