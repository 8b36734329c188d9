// Reads frames that only the broker has: one cursor per reader that goes on, each a consumer on the broker.
#pragma once

#include "transport/nats/connection.hpp"
#include "transport/nats/journal.hpp"

#include <deque>
#include <list>
#include <memory>
#include <string>

namespace reel::transport {

/// A consumer of a stream from a position on. Not thread-safe; its calls block.
class stored_cursor {
public:
  stored_cursor(connection& connection, nats_counters& counters, const journal& source);

  /// The next frames, at least one when the broker has one. About `bytes_max` raw bytes; what came too early is kept
  /// for the next call. Errors: unavailable, corrupt, chain_broken.
  [[nodiscard]] core::expected<frames> read(frame_sequence from, std::size_t bytes_max);
  /// Whether a read from there goes on where this cursor stands.
  [[nodiscard]] bool stands_at(frame_sequence from) const {
    return from == next_;
  }

private:
  [[nodiscard]] core::expected<void> place(frame_sequence from);
  [[nodiscard]] core::expected<void> fetch(std::size_t count);
  [[nodiscard]] core::expected<void> keep(const natsMsg* message, std::uint64_t sequence);

  connection* connection_;
  nats_counters* counters_;
  const journal* source_;
  std::unique_ptr<subscription> inbox_;
  std::string inbox_subject_;
  std::string request_subject_;
  std::uint64_t requests_ = 0;
  frame_sequence next_{};                                ///< first frame that read() has not given yet
  std::optional<journal_tail> fetched_;                  ///< last frame that came from the broker
  std::deque<std::shared_ptr<const core::frame>> ahead_; ///< came, not given yet
  std::size_t typical_bytes_ = 4096;                     ///< raw, of a frame
};

/// The cursors of one journal. Not thread-safe.
class stored_frames {
public:
  stored_frames(connection& connection, nats_counters& counters, const journal& source)
      : connection_(&connection), counters_(&counters), source_(&source) {}

  /// As stored_cursor::read(); readers at different places do not disturb each other.
  [[nodiscard]] core::expected<frames> read(frame_sequence from, std::size_t bytes_max);

private:
  connection* connection_;
  nats_counters* counters_;
  const journal* source_;
  std::list<stored_cursor> cursors_; ///< newest use first
};

} // namespace reel::transport
