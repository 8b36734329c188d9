// Compares the end of a journal that is known here with the one that the broker has.
#pragma once

#include "transport/nats/connection.hpp"
#include "transport/nats/journal.hpp"

#include <chrono>
#include <optional>

namespace reel::transport {

/// Asks the stream's leader. What it has more is taken over; what it has less, or other than what was seen here, halts
/// the journal. A bounded journal may have gone on so far that nothing of what was seen is left. Not thread-safe; calls
/// block.
class tail_check {
public:
  /// `regression_wait`: how long a replicated stream may seem shorter before it is believed.
  tail_check(connection& connection, nats_counters& counters, journal& checked,
             std::chrono::milliseconds regression_wait);

  /// Success: the end that is known here is, or was a moment ago, the broker's. Errors: unavailable (ask again);
  /// regressed, chain_broken, corrupt (the journal is halted).
  [[nodiscard]] core::expected<void> run();

private:
  [[nodiscard]] core::expected<void> shorter(std::uint64_t found, const stream_state& state);
  [[nodiscard]] core::expected<void> same_frame(const journal_tail& end);
  [[nodiscard]] core::expected<void> take_over(const stream_state& state, bool gone);
  [[nodiscard]] core::expected<std::shared_ptr<const core::frame>> frame_at(std::uint64_t sequence);
  [[nodiscard]] core::expected<void> halt(core::error why);

  connection* connection_;
  nats_counters* counters_;
  journal* journal_;
  std::chrono::milliseconds regression_wait_;
  std::optional<std::chrono::steady_clock::time_point> shorter_since_;
};

} // namespace reel::transport
