// One open journal on the broker: its appends under way, in order, and the only place where its end moves.
//
//   append() ─> waiting ─> sent ─> answered ─> handler        in the order of the calls, whoever answers first
//                  │          └── chained to the frame before it by that frame's id, while that one is unanswered
//                  └── answered at once, when the frame before it was refused
#pragma once

#include "transport/journal_table.hpp"
#include "transport/nats/answer.hpp"
#include "transport/nats/counters.hpp"
#include "transport/nats/stream.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace reel::transport {

/// The first half of a frame's hash in hexadecimal digits: the message's id on the broker.
[[nodiscard]] std::string message_id_of(const core::frame_hash& hash);

/// A frame on its way to the broker.
struct outgoing_frame {
  std::uint64_t ticket = 0;
  core::sealed_frame frame;
  /// The frame before it is under way too: the broker must find exactly that one, not just one of its number. Otherwise
  /// a new owner's barrier at that number would let the old owner's next frame in.
  bool chained = false;
};

/// Thread-safe.
class journal {
public:
  using clock = std::chrono::steady_clock;
  /// Hands a frame over to be sent; must not block or call back.
  using sender = std::function<void(journal&, outgoing_frame)>;

  struct settings {
    std::size_t in_flight_max = 1;
    std::chrono::milliseconds timeout{};
    std::size_t frame_bytes_max = 0;
    bool bounded = false; ///< the stream keeps only its newest frames
    const core::event_registry* registry = nullptr;
  };

  journal(std::uint32_t index, stream_names names, journal_table& table, journal_table::entry& entry,
          nats_counters& counters, settings limits, sender send);

  [[nodiscard]] std::uint32_t index() const {
    return index_;
  }
  [[nodiscard]] journal_id id() const {
    return entry_->id;
  }
  [[nodiscard]] const stream_names& names() const {
    return names_;
  }
  [[nodiscard]] journal_table::entry& entry() {
    return *entry_;
  }
  [[nodiscard]] journal_tail tail() const;
  [[nodiscard]] bool bounded() const {
    return limits_.bounded;
  }

  // -- appends --------------------------------------------------------------------------------------------------------

  /// `connected`: whether there is a broker to send to.
  void append(frame_sequence expected_last, core::sealed_frame frame, append_handler done, bool connected);
  void on_answer(std::uint64_t ticket, const publish_answer& answer);
  /// Whether an answer to the append is still awaited.
  [[nodiscard]] bool awaits(std::uint64_t ticket) const;
  /// Answers `unknown` for what was sent and has waited too long.
  void expire(clock::time_point now);
  /// Answers `unknown` for everything under way: the connection is lost, or the log is being closed.
  void abandon(const std::string& why);

  // -- the end of the journal -----------------------------------------------------------------------------------------

  /// Decodes and verifies a stored frame. Errors: corrupt.
  [[nodiscard]] core::expected<std::shared_ptr<const core::frame>> decode(bytes_view stored,
                                                                          std::uint64_t sequence) const;
  /// A frame that the broker has. Moves the end when it is the next one; one before the end changes nothing; one
  /// further on is left for later. Halts the journal when the frame does not follow its predecessor.
  [[nodiscard]] core::expected<void> take(const std::shared_ptr<const core::frame>& frame);
  /// Forgets what is in memory and goes on from an end that is further on.
  void jump(const journal_tail& tail);
  /// The newest frame that was sent and may come back from the broker before its answer does.
  [[nodiscard]] frame_sequence sent_last() const;

  /// The history here and the broker's differ: nothing of this journal is believed any more. Wakes its watchers, whose
  /// next read tells them.
  void halt(core::error why);
  [[nodiscard]] std::optional<core::error> halted() const;

  /// Whether the end that is known here must be compared with the broker's before it is relied upon.
  [[nodiscard]] bool doubtful() const {
    return doubtful_;
  }
  void doubt(bool value) {
    doubtful_ = value;
  }

private:
  enum class stage { waiting, sent, answered };
  struct pending_append {
    std::uint64_t ticket = 0;
    core::sealed_frame frame;
    append_handler done;
    stage at = stage::waiting;
    clock::time_point sent_at{};
    append_result result;
  };

  [[nodiscard]] std::optional<append_result> refuse_locally(frame_sequence expected_last, const core::frame& frame,
                                                            bool connected) const;
  [[nodiscard]] journal_tail staged_tail() const;
  void advance();
  void settle_waiting(const append_result& before);
  [[nodiscard]] std::vector<outgoing_frame> take_sendable();
  void finish(pending_append done);
  void count(append_outcome outcome);

  std::uint32_t index_;
  stream_names names_;
  journal_table* table_;
  journal_table::entry* entry_;
  nats_counters* counters_;
  settings limits_;
  sender send_;

  mutable std::mutex mutex_; ///< of the appends; never held while a handler runs
  std::deque<pending_append> appends_;
  std::uint64_t next_ticket_ = 1;
  bool advancing_ = false; ///< some thread runs handlers, so their order is kept

  mutable std::mutex end_mutex_; ///< of the end's moves
  std::optional<core::error> halted_;
  std::atomic<bool> doubtful_ = false;
};

} // namespace reel::transport
