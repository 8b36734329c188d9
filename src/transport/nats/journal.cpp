#include "transport/nats/journal.hpp"

#include "transport/chain.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>

namespace reel::transport {

std::string message_id_of(const core::frame_hash& hash) {
  char text[33];
  std::snprintf(text, sizeof(text), "%016llx%016llx", static_cast<unsigned long long>(hash[0]),
                static_cast<unsigned long long>(hash[1]));
  return text;
}

journal::journal(std::uint32_t index, stream_names names, journal_table& table, journal_table::entry& entry,
                 nats_counters& counters, settings limits, sender send)
    : index_(index), names_(std::move(names)), table_(&table), entry_(&entry), counters_(&counters), limits_(limits),
      send_(std::move(send)) {}

journal_tail journal::tail() const {
  return table_->tail(*entry_);
}

// -- appends ----------------------------------------------------------------------------------------------------------

void journal::append(frame_sequence expected_last, core::sealed_frame frame, append_handler done, bool connected) {
  if (const auto bytes = frame.decoded->stored_size(); bytes > limits_.frame_bytes_max) {
    halt({core::errc::invalid, "a frame of " + std::to_string(bytes) + " bytes is larger than the broker takes (" +
                                   std::to_string(limits_.frame_bytes_max) + ")"});
  }
  {
    const std::lock_guard lock(mutex_);
    pending_append added;
    added.ticket = next_ticket_++;
    if (auto refused = refuse_locally(expected_last, *frame.decoded, connected)) {
      added.at = stage::answered;
      added.result = std::move(*refused);
    }
    added.frame = std::move(frame);
    added.done = std::move(done);
    appends_.push_back(std::move(added));
  }
  advance();
}

// What is known here to fail is not sent. Appends are refused by number and hash; the broker decides about the rest.
std::optional<append_result> journal::refuse_locally(frame_sequence expected_last, const core::frame& frame,
                                                     bool connected) const {
  if (const auto why = halted()) {
    return append_result{append_outcome::conflict, {}, why->what};
  }
  const auto end = staged_tail();
  if (auto why = refuses(end, id(), expected_last, frame)) {
    return append_result{append_outcome::conflict, tail().sequence, std::move(*why)};
  }
  if (!connected) {
    return append_result{append_outcome::unavailable, tail().sequence, "no broker is connected"};
  }
  return std::nullopt;
}

// The end when everything under way is stored.
journal_tail journal::staged_tail() const {
  for (auto it = appends_.rbegin(); it != appends_.rend(); ++it) {
    const bool may_be_stored = it->at != stage::answered || it->result.outcome == append_outcome::committed;
    if (may_be_stored) {
      return {it->frame.decoded->sequence(), it->frame.decoded->hash()};
    }
  }
  return tail();
}

void journal::on_answer(std::uint64_t ticket, const publish_answer& answer) {
  if (answer.misplaced) {
    halt({core::errc::chain_broken, "journal " + names_.stream + ": " + answer.result.detail});
  }
  if (answer.duplicate) {
    ++counters_->duplicates;
  }
  {
    const std::lock_guard lock(mutex_);
    const auto it = std::find_if(appends_.begin(), appends_.end(), [&](const auto& a) { return a.ticket == ticket; });
    if (it == appends_.end() || it->at == stage::answered) {
      return; // too late: the append was given up
    }
    it->at = stage::answered;
    it->result = answer.result;
  }
  advance();
}

bool journal::awaits(std::uint64_t ticket) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(appends_.begin(), appends_.end(),
                     [&](const auto& a) { return a.ticket == ticket && a.at == stage::sent; });
}

void journal::expire(clock::time_point now) {
  bool any = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto& a : appends_) {
      if (a.at == stage::sent && now - a.sent_at > limits_.timeout) {
        a.at = stage::answered;
        a.result = {append_outcome::unknown, {}, "no answer within " + std::to_string(limits_.timeout.count()) + " ms"};
        ++counters_->timeouts;
        any = true;
      }
    }
  }
  if (any) {
    advance();
  }
}

void journal::abandon(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& a : appends_) {
      if (a.at != stage::answered) {
        a.at = stage::answered;
        a.result = {append_outcome::unknown, {}, why};
      }
    }
  }
  advance();
}

// Runs the handlers of all answered appends at the front, one thread at a time, then sends what there is room for.
void journal::advance() {
  std::unique_lock lock(mutex_);
  if (advancing_) {
    return; // that thread looks again before it leaves
  }
  advancing_ = true;
  while (!appends_.empty() && appends_.front().at == stage::answered) {
    auto done = std::move(appends_.front());
    appends_.pop_front();
    if (done.result.outcome != append_outcome::committed) {
      settle_waiting(done.result);
    }
    lock.unlock();
    finish(std::move(done));
    lock.lock();
  }
  for (auto& frame : take_sendable()) {
    send_(*this, std::move(frame));
  }
  advancing_ = false;
}

// Under the lock. What follows a frame that is not stored cannot be stored either, so it is not sent at all.
void journal::settle_waiting(const append_result& before) {
  for (auto& a : appends_) {
    if (a.at == stage::waiting) {
      a.at = stage::answered;
      const bool refused = before.outcome == append_outcome::conflict;
      a.result = {refused ? append_outcome::conflict : append_outcome::unavailable, before.last,
                  "the frame before it was not stored: " + before.detail};
    }
  }
}

// Under the lock.
std::vector<outgoing_frame> journal::take_sendable() {
  std::vector<outgoing_frame> sendable;
  std::size_t unanswered = 0;
  for (auto& a : appends_) {
    if (a.at == stage::waiting && unanswered < limits_.in_flight_max) {
      a.at = stage::sent;
      a.sent_at = clock::now();
      sendable.push_back({a.ticket, a.frame, unanswered > 0});
    }
    unanswered += a.at == stage::answered ? 0 : 1;
  }
  return sendable;
}

void journal::finish(pending_append done) {
  count(done.result.outcome);
  if (done.result.outcome == append_outcome::committed) {
    if (auto taken = take(done.frame.decoded); !taken) {
      done.result = {append_outcome::conflict, {}, taken.error().what};
    } else {
      done.result.last = done.frame.decoded->sequence();
    }
  } else {
    doubt(true);
  }
  done.done(std::move(done.result));
}

void journal::count(append_outcome outcome) {
  switch (outcome) {
  case append_outcome::committed:
    ++counters_->committed;
    return;
  case append_outcome::conflict:
    ++counters_->conflicts;
    return;
  case append_outcome::unavailable:
    ++counters_->unavailable;
    return;
  case append_outcome::unknown:
    ++counters_->unknown;
    return;
  }
}

frame_sequence journal::sent_last() const {
  const std::lock_guard lock(mutex_);
  for (auto it = appends_.rbegin(); it != appends_.rend(); ++it) {
    if (it->at == stage::sent) {
      return it->frame.decoded->sequence();
    }
  }
  return frame_sequence{};
}

// -- the end of the journal -------------------------------------------------------------------------------------------

core::expected<std::shared_ptr<const core::frame>> journal::decode(bytes_view stored, std::uint64_t sequence) const {
  auto decoded = core::frame::decode(stored, limits_.registry);
  if (!decoded && decoded.error().code != core::errc::corrupt) {
    return decoded;
  }
  if (!decoded) {
    return core::fail(core::errc::corrupt, "message " + std::to_string(sequence) + " of stream " + names_.stream +
                                               " is no good frame: " + decoded.error().what);
  }
  const auto& frame = **decoded;
  if (frame.journal() != id() || number(frame.sequence()) != sequence) {
    return core::fail(core::errc::chain_broken, "message " + std::to_string(sequence) + " of stream " + names_.stream +
                                                    " holds frame " + std::to_string(number(frame.sequence())) +
                                                    " of journal " + text_of(frame.journal()));
  }
  return decoded;
}

core::expected<void> journal::take(const std::shared_ptr<const core::frame>& frame) {
  core::expected<void> follows;
  {
    const std::lock_guard lock(end_mutex_);
    if (halted_) {
      return tl::unexpected(*halted_);
    }
    const auto end = tail();
    if (frame->sequence() != following(end.sequence)) {
      return {};
    }
    follows = check_chain(end, id(), *frame);
    if (follows) {
      table_->committed(*entry_, frame);
    }
  }
  if (!follows) {
    halt(follows.error());
    return follows;
  }
  table_->notify(*entry_);
  return {};
}

void journal::jump(const journal_tail& tail) {
  {
    const std::lock_guard lock(end_mutex_);
    if (table_->tail(*entry_).sequence >= tail.sequence) {
      return;
    }
    table_->jump(*entry_, tail);
  }
  table_->notify(*entry_);
}

void journal::halt(core::error why) {
  {
    const std::lock_guard lock(end_mutex_);
    if (halted_) {
      return;
    }
    halted_ = why;
  }
  ++counters_->halted;
  spdlog::critical("journal.distrusted stream={} reason=\"{}\"", names_.stream, why.what);
  table_->notify(*entry_, following(tail().sequence));
}

std::optional<core::error> journal::halted() const {
  const std::lock_guard lock(end_mutex_);
  return halted_;
}

} // namespace reel::transport
