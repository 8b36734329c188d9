// Sends frames to the broker and takes its answers, many under way at once.
#pragma once

#include "transport/nats/connection.hpp"
#include "transport/nats/journal.hpp"
#include "transport/nats/worker.hpp"

#include <functional>
#include <string>

namespace reel::transport {

/// One inbox with a wildcard takes all answers: "<inbox>.<journal>.<ticket>.<sequence>" says which append one is about.
/// (The library's own asynchronous publishing gives no usable context with an acknowledgement.)
class publisher {
public:
  using answer_handler = std::function<void(std::uint32_t journal, std::uint64_t ticket, const publish_answer&)>;

  /// `connection` must outlive the publisher. `on_answer` runs on a thread of the library.
  publisher(connection& connection, answer_handler on_answer);

  /// Errors: unavailable.
  [[nodiscard]] core::expected<void> start();
  /// No answer is handled from now on, and nothing is sent. Waits for a running handler.
  void stop();
  /// Thread-safe, does not block. An append that cannot be sent is answered by `on_answer`. `from` must outlive the
  /// publisher.
  void send(journal& from, outgoing_frame frame);

private:
  void publish(const journal& from, const outgoing_frame& frame);
  void on_message(natsMsg* message) const;

  connection* connection_;
  answer_handler on_answer_;
  std::string inbox_;
  subscription answers_;
  worker sender_; // writing to a socket may block
};

} // namespace reel::transport
