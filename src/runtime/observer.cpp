#include "runtime/observer.hpp"

#include <spdlog/spdlog.h>

namespace reel::runtime {

observer_actor::observer_actor(caf::actor_config& config, std::shared_ptr<const environment> env,
                               std::shared_ptr<frame_consumer> consumer, std::vector<caf::actor> readers)
    : caf::event_based_actor(config), env_(std::move(env)), consumer_(std::move(consumer)),
      readers_(std::move(readers)) {
  drop_unknown(*this);
}

caf::behavior observer_actor::make_behavior() {
  start();
  return {
      [this](routed_batch& batch) { on_batch(batch); },
      [this](const wake&) {
        pump_scheduled_ = false;
        handle_waiting();
      },
      [this](drain) {
        handle_waiting();
        quit();
      },
  };
}

void observer_actor::on_exit() {
  readers_.clear();
  gate_.clear();
  consumer_.reset();
}

void observer_actor::start() {
  for (const auto journal : consumer_->journals()) {
    const auto handled = consumer_->handled(journal);
    const auto id = env_->plan_->journals[journal].id;
    const auto tail = env_->log->last(id);
    const auto fits = tail ? consumer_->check_tail(journal, {tail->sequence, core::short_hash(tail->hash)})
                           : core::expected<void>(tl::unexpected(tail.error()));
    if (!fits) {
      fail(fits.error().what);
      return;
    }
    const auto attachment = (static_cast<std::uint64_t>(this->id()) << 16U) | lanes_.size();
    gate_.add_lane(id, handled);
    lanes_.push_back({journal, id, attachment, 0});
    tell(*this, readers_[journal],
         attach_request{caf::actor_cast<caf::actor>(this), attach_request::whole_frames, 0, handled.sequence,
                        env_->limits.lane_credit, attachment});
  }
}

void observer_actor::on_batch(routed_batch& batch) {
  for (auto& frame : batch.frames) {
    gate_.offer(std::move(frame));
  }
  if (!pump_scheduled_) { // through the mailbox: what is already there is written together
    pump_scheduled_ = true;
    tell(*this, caf::actor_cast<caf::actor>(this), wake{});
  }
}

void observer_actor::handle_waiting() {
  try {
    for (;;) {
      const auto next = gate_.next();
      if (!next) {
        fail(next.error().what);
        return;
      }
      if (*next == nullptr) {
        break;
      }
      consumer_->on_frame((*next)->source);
      for (auto& l : lanes_) {
        l.owed += l.id == (*next)->source->journal() ? weight(**next, true) : 0;
      }
    }
    consumer_->flush();
  } catch (const std::exception& failure) {
    fail(failure.what());
    return;
  }
  for (auto& l : lanes_) {
    if (l.owed > 0) {
      tell(*this, readers_[l.journal], credit{l.attachment, l.owed});
      l.owed = 0;
    }
  }
}

void observer_actor::fail(const std::string& what) {
  spdlog::critical("observer.stopped reason=\"{}\"", what);
  env_->status->raise("an observer or projection stopped: " + what);
  quit(caf::exit_reason::user_shutdown);
}

} // namespace reel::runtime
