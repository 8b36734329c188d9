// The connection to the brokers: made and checked once, kept for ever, with a log line for whatever happens to it.
#pragma once

#include "transport/nats/client.hpp"
#include "transport/nats/counters.hpp"
#include "transport/nats/options.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>

namespace reel::transport {

/// Thread-safe. The library connects again by itself, to any server of the cluster, without giving up.
class connection {
public:
  /// Blocks until connected and JetStream answers. `counters` must outlive the connection. Errors: those of
  /// nats_log::open().
  [[nodiscard]] static core::expected<std::unique_ptr<connection>> open(const nats_options& options,
                                                                        nats_counters& counters);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  [[nodiscard]] natsConnection* handle() const {
    return connection_.get();
  }
  [[nodiscard]] jsCtx* jetstream() const {
    return context_.get();
  }
  [[nodiscard]] bool connected() const {
    return connected_;
  }
  /// `changed` runs on a thread of the library after each loss (false) and return (true) of the connection. Null:
  /// nobody listens; then a running call is waited for.
  void on_change(std::function<void(bool connected)> changed);

private:
  connection(const nats_options& options, nats_counters& counters);

  [[nodiscard]] core::expected<options_ptr> make_options() const;
  [[nodiscard]] core::expected<void> set_credentials(natsOptions* to) const;
  void set_callbacks(natsOptions* to);
  [[nodiscard]] core::expected<void> connect();
  [[nodiscard]] core::expected<void> check_jetstream();
  [[nodiscard]] core::expected<void> check_payload() const;
  [[nodiscard]] std::string server() const;

  void note_change(bool connected);
  void note_error(natsSubscription* subscription, natsStatus status);

  const nats_options* options_; // valid while opening
  nats_counters* counters_;
  std::string urls_; ///< without credentials, for texts
  std::mutex mutex_;
  std::function<void(bool)> changed_;
  std::atomic<bool> connected_ = false;
  std::atomic<bool> closing_ = false;
  std::promise<void> closed_;
  connection_ptr connection_;
  context_ptr context_;
};

} // namespace reel::transport
