#include "transport/lease.hpp"

#include "transport/chain.hpp"

#include <reel/frame_generated.h>

#include <algorithm>
#include <future>
#include <utility>

namespace reel::transport {

namespace {

core::genesis_record genesis_of(const lease_options& options) {
  return {options.cluster, 0, "lease." + options.service, options.partition, options.partitions};
}

} // namespace

lease::lease(log& log, lease_options options, std::function<timestamp()> now, std::function<void()> progress)
    : log_(&log), options_(std::move(options)), now_(std::move(now)), progress_(std::move(progress)),
      journal_(journal_id_of(genesis_of(options_))) {}

core::expected<lease_state> lease::acquire() {
  if (auto good = refresh(); !good) {
    return tl::unexpected(good.error());
  }
  if (state_.held_at(now_()) && state_.owner != options_.owner) {
    return core::fail(core::errc::fenced, name() + " is held by " + state_.owner);
  }
  auto taken = write(options_.owner, state_.epoch + 1);
  if (taken) {
    held_epoch_ = taken->epoch;
  }
  return taken;
}

core::expected<lease_state> lease::renew() {
  if (!held_epoch_) {
    return core::fail(core::errc::fenced, name() + " is not held by " + options_.owner);
  }
  auto renewed = write(options_.owner, *held_epoch_);
  if (!renewed && renewed.error().code == core::errc::fenced) {
    held_epoch_.reset();
  }
  return renewed;
}

core::expected<void> lease::release() {
  const auto epoch = std::exchange(held_epoch_, std::nullopt);
  if (!epoch) {
    return core::fail(core::errc::fenced, name() + " is not held by " + options_.owner);
  }
  if (auto released = write("", *epoch); !released) {
    return tl::unexpected(released.error());
  }
  return {};
}

core::expected<lease_state> lease::holder() {
  if (auto good = refresh(); !good) {
    return tl::unexpected(good.error());
  }
  return state_;
}

core::expected<void> lease::refresh() {
  const auto end = log_->open(genesis_of(options_));
  if (!end) {
    return tl::unexpected(end.error());
  }
  const auto found = read_from(end->sequence);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return core::fail(core::errc::regressed, name() + " is shorter than it was");
  }
  const auto& last = *found->back();
  tail_ = {last.sequence(), last.hash()};
  written_ = last.time();
  const auto* owner = last.body().owner();
  state_ = {owner == nullptr ? "" : owner->str(), last.epoch(), last.time() + options_.duration};
  return {};
}

core::expected<lease_state> lease::write(const std::string& owner, std::uint64_t epoch) {
  core::frame_builder builder;
  builder.set_owned(owner);
  const auto time = std::max(now_(), written_);
  const auto frame = builder.seal(journal_, after(tail_.sequence), epoch, tail_.hash, time);
  auto result = await<append_result>(
      [&](append_handler done) { log_->append(journal_, tail_.sequence, frame, std::move(done)); });
  if (result.outcome != append_outcome::committed) {
    // Whatever the answer was: the frame is there, or another one is, or nothing is.
    const auto found = read_from(frame.decoded->sequence());
    if (!found) {
      return tl::unexpected(found.error());
    }
    if (found->empty()) {
      return core::fail(core::errc::unavailable, name() + ": " + result.detail);
    }
    if (found->front()->hash() != frame.decoded->hash()) {
      return core::fail(core::errc::fenced, name() + " was taken by somebody else");
    }
  }
  tail_ = {frame.decoded->sequence(), frame.decoded->hash()};
  written_ = time;
  state_ = {owner, epoch, time + options_.duration};
  return state_;
}

core::expected<frames> lease::read_from(frame_sequence from) {
  constexpr std::size_t bytes_max = 64U << 10;
  return await<core::expected<frames>>(
      [&](read_handler done) { log_->read(journal_, from, bytes_max, std::move(done)); });
}

template <class Result>
Result lease::await(const std::function<void(std::function<void(Result)>)>& start) const {
  const auto answer = std::make_shared<std::promise<Result>>();
  auto future = answer->get_future();
  start([answer](Result result) { answer->set_value(std::move(result)); });
  while (progress_ && future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    progress_();
  }
  return future.get();
}

std::string lease::name() const {
  return "the lease of " + core::journal_name(options_.service, options_.partition);
}

} // namespace reel::transport
