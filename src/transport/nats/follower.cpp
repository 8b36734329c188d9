#include "transport/nats/follower.hpp"

#include "transport/chain.hpp"
#include "transport/nats/consumer.hpp"

#include <spdlog/spdlog.h>

namespace reel::transport {

namespace {

/// Messages that are asked for at once.
constexpr std::size_t batch = 256;
constexpr std::chrono::seconds request_lifetime{30};
constexpr int status_heartbeat = 100;
constexpr int status_no_responders = 503;

} // namespace

follower::follower(connection& connection, nats_counters& counters, journal& followed,
                   std::chrono::milliseconds silence_max, std::function<void(journal&)> on_gap)
    : connection_(&connection), counters_(&counters), journal_(&followed), silence_max_(silence_max),
      on_gap_(std::move(on_gap)) {}

core::expected<void> follower::restart() {
  const std::lock_guard one_at_a_time(restarting_);
  inbox_.reset();
  const auto& stream = journal_->names().stream;
  auto created = create_consumer(connection_->jetstream(), stream, number(journal_->tail().sequence) + 1);
  if (!created) {
    return tl::unexpected(created.error());
  }
  ++counters_->consumers_created;
  request_subject_ = std::move(*created);
  inbox_subject_ = new_inbox();
  auto inbox = std::make_unique<subscription>();
  const auto status = inbox->start(
      connection_->handle(), inbox_subject_ + ".*",
      [](natsConnection*, natsSubscription*, natsMsg* message, void* self) {
        const message_ptr owner(message);
        static_cast<follower*>(self)->on_message(message);
      },
      this);
  if (status != NATS_OK) {
    return core::fail(core::errc::unavailable, "following stream " + stream + ": " + describe(status));
  }
  heard_at_ = std::chrono::steady_clock::now();
  request(); // nothing comes before it, so the callback does not run yet
  inbox_ = std::move(inbox);
  return {};
}

void follower::stop() {
  const std::lock_guard one_at_a_time(restarting_);
  inbox_.reset();
}

bool follower::needs_restart(std::chrono::steady_clock::time_point now) const {
  return now - heard_at_.load() > silence_max_;
}

// A request that cannot be sent is not repeated: silence follows, and a new consumer.
void follower::request() {
  const std::lock_guard lock(mutex_);
  outstanding_ = batch;
  request_inbox_ = inbox_subject_ + "." + std::to_string(++requests_);
  const pull_request wanted{.count = batch, .expires = request_lifetime, .heartbeat = silence_max_ / 3};
  if (const auto status = request_messages(connection_->handle(), request_subject_, request_inbox_, wanted);
      status != NATS_OK) {
    spdlog::debug("nats.request_failed stream={} error=\"{}\"", journal_->names().stream, describe(status));
  }
}

void follower::on_message(natsMsg* message) {
  if (const int status = status_of(message); status != 0) {
    on_status(message, status);
    return;
  }
  heard_at_ = std::chrono::steady_clock::now();
  if (const auto sequence = delivery_of(message).sequence; sequence != 0) {
    on_frame(message, sequence);
  }
  bool exhausted = false;
  {
    const std::lock_guard lock(mutex_);
    exhausted = outstanding_ == 0 || --outstanding_ == 0;
  }
  if (exhausted) {
    request();
  }
}

bool follower::is_current(const natsMsg* status) const {
  const std::lock_guard lock(mutex_);
  return natsMsg_GetSubject(status) == request_inbox_;
}

void follower::ask_again() {
  const std::unique_lock idle(restarting_, std::try_to_lock);
  if (idle.owns_lock() && inbox_ != nullptr) {
    heard_at_ = std::chrono::steady_clock::now();
    request();
  }
}

void follower::on_status(natsMsg* message, int status) {
  if (!is_current(message)) {
    return; // of an earlier request
  }
  if (status == status_no_responders) { // the consumer is gone
    lost();
    return;
  }
  heard_at_ = std::chrono::steady_clock::now();
  if (status != status_heartbeat) { // the request has ended: its time is over, or the server is about to leave
    request();
  }
}

void follower::on_frame(natsMsg* message, std::uint64_t sequence) {
  const auto end = number(journal_->tail().sequence);
  if (sequence <= end || sequence <= number(journal_->sent_last())) {
    return; // known, or about to be by the answer to its append
  }
  if (sequence > end + 1) {
    on_gap_(*journal_);
    return;
  }
  auto frame = journal_->decode(data_of(message), sequence);
  if (!frame) {
    journal_->halt(frame.error());
    return;
  }
  (void)journal_->take(*frame); // what it thinks of the frame, the journal tells its readers
}

} // namespace reel::transport
