// Follows the end of a journal: frames that other nodes append come into memory as the broker stores them.
#pragma once

#include "transport/nats/connection.hpp"
#include "transport/nats/journal.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace reel::transport {

/// Asks the broker for a bounded number of messages at a time, so neither side can be overrun. Frames that this process
/// appended itself come back too and are recognised by their number. A consumer that is silent, or that is lost with
/// its server, is replaced by one that goes on from the journal's end.
class follower {
public:
  /// Everything must outlive the follower. `on_gap` is called when the broker goes on further than the end that is
  /// known here.
  follower(connection& connection, nats_counters& counters, journal& followed, std::chrono::milliseconds silence_max,
           std::function<void(journal&)> on_gap);

  /// Makes a new consumer at the journal's end. Blocks. Errors: unavailable.
  [[nodiscard]] core::expected<void> restart();
  /// No frame comes from now on. Waits for a running callback.
  void stop();
  /// Whether there is no consumer, or none that gives signs of life.
  [[nodiscard]] bool needs_restart(std::chrono::steady_clock::time_point now) const;
  /// There is a connection again, and perhaps the consumer is still there: asks it. If it is not, somebody will say so,
  /// or nobody will say anything.
  void ask_again();

private:
  void on_message(natsMsg* message);
  void on_status(natsMsg* message, int status);
  void on_frame(natsMsg* message, std::uint64_t sequence);
  void lost() {
    heard_at_ = std::chrono::steady_clock::time_point{};
  }
  void request();
  [[nodiscard]] bool is_current(const natsMsg* status) const;

  connection* connection_;
  nats_counters* counters_;
  journal* journal_;
  std::chrono::milliseconds silence_max_;
  std::function<void(journal&)> on_gap_;
  std::mutex restarting_;
  std::string inbox_subject_;
  std::string request_subject_;
  mutable std::mutex mutex_; ///< of the next three
  std::uint64_t requests_ = 0;
  std::string request_inbox_;
  std::size_t outstanding_ = 0; ///< messages asked for and not come
  std::atomic<std::chrono::steady_clock::time_point> heard_at_{};
  std::unique_ptr<subscription> inbox_; ///< last: its callback uses the rest
};

} // namespace reel::transport
