#include "transport/nats/stored_frames.hpp"

#include "transport/chain.hpp"
#include "transport/nats/consumer.hpp"

#include <algorithm>

namespace reel::transport {

namespace {

/// Messages that one request asks for at most.
constexpr std::size_t batch_max = 256;
constexpr std::int64_t message_wait_ms = 2000;
/// Readers at different places of one journal that keep their place.
constexpr std::size_t cursors_max = 4;
constexpr int status_no_messages = 404;
constexpr int status_ended = 408;

} // namespace

stored_cursor::stored_cursor(connection& connection, nats_counters& counters, const journal& source)
    : connection_(&connection), counters_(&counters), source_(&source) {}

core::expected<frames> stored_cursor::read(frame_sequence from, std::size_t bytes_max) {
  ++counters_->stored_reads;
  if (inbox_ == nullptr || !stands_at(from)) {
    if (auto placed = place(from); !placed) {
      return tl::unexpected(placed.error());
    }
  }
  if (ahead_.empty()) {
    const auto count = std::clamp<std::size_t>(bytes_max / typical_bytes_, 1, batch_max);
    if (auto fetched = fetch(count); !fetched) {
      inbox_.reset(); // placed anew next time
      return tl::unexpected(fetched.error());
    }
  }
  frames result;
  std::size_t bytes = 0;
  while (!ahead_.empty() && (result.empty() || bytes + ahead_.front()->raw_size() <= bytes_max)) {
    bytes += ahead_.front()->raw_size();
    result.push_back(std::move(ahead_.front()));
    ahead_.pop_front();
  }
  if (!result.empty()) {
    next_ = following(result.back()->sequence());
  }
  return result;
}

core::expected<void> stored_cursor::place(frame_sequence from) {
  inbox_.reset();
  ahead_.clear();
  fetched_.reset();
  auto created = create_consumer(connection_->jetstream(), source_->names().stream, number(from));
  if (!created) {
    return tl::unexpected(created.error());
  }
  ++counters_->consumers_created;
  request_subject_ = std::move(*created);
  inbox_subject_ = new_inbox();
  auto inbox = std::make_unique<subscription>();
  if (const auto status = inbox->start(connection_->handle(), inbox_subject_ + ".*", nullptr, nullptr);
      status != NATS_OK) {
    return core::fail(core::errc::unavailable, "reading stream " + source_->names().stream + ": " + describe(status));
  }
  inbox_ = std::move(inbox);
  next_ = from;
  return {};
}

core::expected<void> stored_cursor::fetch(std::size_t count) {
  const auto& stream = source_->names().stream;
  const auto inbox = inbox_subject_ + "." + std::to_string(++requests_);
  auto status = request_messages(connection_->handle(), request_subject_, inbox, {.count = count});
  for (std::size_t received = 0; status == NATS_OK && received < count;) {
    natsMsg* made = nullptr;
    status = natsSubscription_NextMsg(&made, inbox_->handle(), message_wait_ms);
    const message_ptr message(made);
    if (status != NATS_OK) {
      break;
    }
    if (const int code = status_of(made); code != 0) {
      if (natsMsg_GetSubject(made) != inbox) {
        continue; // the late end of an earlier request, which had given all that there was
      }
      if (code == status_no_messages || code == status_ended) {
        return {};
      }
      return core::fail(core::errc::unavailable,
                        "reading stream " + stream + ": " + std::string(header_of(made, "Description")));
    }
    ++received;
    const auto delivered = delivery_of(made);
    if (auto kept = keep(made, delivered.sequence); !kept) {
      return kept;
    }
    if (delivered.pending == 0) {
      return {}; // the broker gives fewer than asked for without saying so
    }
  }
  if (status != NATS_OK) {
    return core::fail(core::errc::unavailable, "reading stream " + stream + ": " + describe(status));
  }
  return {};
}

core::expected<void> stored_cursor::keep(const natsMsg* message, std::uint64_t sequence) {
  const auto wanted = fetched_ ? number(fetched_->sequence) + 1 : number(next_);
  if (sequence != wanted) {
    return core::fail(core::errc::unavailable, "stream " + source_->names().stream + " gave message " +
                                                   std::to_string(sequence) + " instead of " + std::to_string(wanted));
  }
  auto frame = source_->decode(data_of(message), sequence);
  if (!frame) {
    return tl::unexpected(frame.error());
  }
  if (fetched_) {
    if (auto follows = check_chain(*fetched_, source_->id(), **frame); !follows) {
      return follows;
    }
  }
  fetched_ = journal_tail{(*frame)->sequence(), (*frame)->hash()};
  typical_bytes_ = std::max<std::size_t>((typical_bytes_ * 7 + (*frame)->raw_size()) / 8, 1);
  ahead_.push_back(std::move(*frame));
  return {};
}

core::expected<frames> stored_frames::read(frame_sequence from, std::size_t bytes_max) {
  auto it = std::find_if(cursors_.begin(), cursors_.end(), [&](const auto& c) { return c.stands_at(from); });
  if (it == cursors_.end()) {
    if (cursors_.size() == cursors_max) {
      it = std::prev(cursors_.end());
    } else {
      it = cursors_.emplace(cursors_.end(), *connection_, *counters_, *source_);
    }
  }
  cursors_.splice(cursors_.begin(), cursors_, it);
  return cursors_.front().read(from, bytes_max);
}

} // namespace reel::transport
