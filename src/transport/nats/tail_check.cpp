#include "transport/nats/tail_check.hpp"

#include "transport/chain.hpp"

namespace reel::transport {

namespace {

/// Further behind than this, the frames between are not fetched into memory: whoever needs them reads them.
constexpr std::uint64_t fetched_max = 64;

} // namespace

tail_check::tail_check(connection& connection, nats_counters& counters, journal& checked,
                       std::chrono::milliseconds regression_wait)
    : connection_(&connection), counters_(&counters), journal_(&checked), regression_wait_(regression_wait) {}

core::expected<void> tail_check::run() {
  if (auto why = journal_->halted()) {
    return tl::unexpected(*why);
  }
  ++counters_->verifications;
  const auto end = journal_->tail(); // before the question: it may move while the leader answers
  journal_->doubt(false);
  auto state = ask_stream(connection_->jetstream(), journal_->names().stream);
  if (!state) {
    journal_->doubt(true);
    if (state.error().code == core::errc::not_found) {
      return shorter(0, {});
    }
    return tl::unexpected(state.error());
  }
  if (state->last_sequence < number(end.sequence)) {
    journal_->doubt(true);
    return shorter(state->last_sequence, *state);
  }
  shorter_since_.reset();
  const bool gone = journal_->bounded() && state->first_sequence > number(end.sequence);
  auto good = gone ? core::expected<void>() : same_frame(end);
  if (good) {
    good = take_over(*state, gone);
  }
  if (!good) {
    journal_->doubt(true);
  }
  return good;
}

core::expected<void> tail_check::shorter(std::uint64_t found, const stream_state& state) {
  const auto now = std::chrono::steady_clock::now();
  shorter_since_ = shorter_since_.value_or(now);
  const auto text = "stream " + journal_->names().stream + " ended at frame " +
                    std::to_string(number(journal_->tail().sequence)) + " and now has " + std::to_string(found) +
                    ": the broker lost its tail, or an older copy was restored";
  if (state.replicas > 1 && now - *shorter_since_ < regression_wait_) {
    return core::fail(core::errc::unavailable, text);
  }
  return halt({core::errc::regressed, text});
}

core::expected<void> tail_check::same_frame(const journal_tail& end) {
  auto frame = frame_at(number(end.sequence));
  if (!frame) {
    return tl::unexpected(frame.error());
  }
  if ((*frame)->hash() == end.hash) {
    return {};
  }
  return halt({core::errc::chain_broken, "frame " + std::to_string(number(end.sequence)) + " of stream " +
                                             journal_->names().stream +
                                             " is not the one that was seen before: the history was replaced"});
}

core::expected<void> tail_check::take_over(const stream_state& state, bool gone) {
  const auto end = number(journal_->tail().sequence);
  const auto last = state.last_sequence;
  if (gone || last > end + fetched_max) {
    auto frame = frame_at(last);
    if (!frame) {
      return tl::unexpected(frame.error());
    }
    journal_->jump({(*frame)->sequence(), (*frame)->hash()});
    return {};
  }
  for (auto sequence = end + 1; sequence <= last; ++sequence) {
    auto frame = frame_at(sequence);
    if (!frame) {
      return tl::unexpected(frame.error());
    }
    if (auto taken = journal_->take(*frame); !taken) {
      return taken;
    }
  }
  return {};
}

core::expected<std::shared_ptr<const core::frame>> tail_check::frame_at(std::uint64_t sequence) {
  auto message = get_message(connection_->jetstream(), journal_->names().stream, sequence);
  if (!message) {
    return core::fail(core::errc::unavailable, message.error().what);
  }
  auto frame = journal_->decode(data_of(message->get()), sequence);
  if (!frame) {
    return tl::unexpected(halt(frame.error()).error());
  }
  return frame;
}

core::expected<void> tail_check::halt(core::error why) {
  journal_->halt(why);
  return tl::unexpected(why);
}

} // namespace reel::transport
