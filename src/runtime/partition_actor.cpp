#include "runtime/partition_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

partition_actor::partition_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t journal,
                                 std::vector<caf::actor> readers, feed_maker input, partition_start how)
    : caf::event_based_actor(config), env_(std::move(env)), journal_index_(journal),
      journal_(&env_->plan_->journals[journal]), service_(&env_->plan_->services[journal_->service]),
      readers_(std::move(readers)), make_feed_(std::move(input)), start_(std::move(how)) {
  drop_unknown(*this);
}

caf::behavior partition_actor::make_behavior() {
  begin_recovery();
  return {
      [this](routed_batch& batch) { on_batch(batch); },
      [this](const append_answer& answer) { on_answer(answer); },
      [this](journal_read& result) { on_read(result); },
      [this](const journal_moved&) { on_moved(); },
      [this](const take_over& t) { on_take_over(t.epoch); },
      [this](const wake& w) { on_wake(w.reason); },
      [this](drain) {
        draining_ = true;
        phase_ = phase_ == phase::running ? phase::draining : phase_;
        if (start_.stands_by) {
          quit();
        }
        pump();
      },
  };
}

void partition_actor::on_exit() {
  status().running = false;
  readers_.clear();
  gate_.clear();
  appender_.reset();
  partition_.reset();
  feed_.reset();
  make_feed_ = nullptr;
  start_.supervisor = caf::actor{};
  watch_.reset();
  snapshots_.clear();
  candidate_.reset();
}

partition_status& partition_actor::status() const {
  return env_->status->partition(journal_index_);
}

// -- running ----------------------------------------------------------------------------------------------------------

void partition_actor::on_batch(routed_batch& batch) {
  if (phase_ != phase::running) {
    return; // draining: whoever owns the partition next reads these frames again
  }
  for (auto& frame : batch.frames) {
    gate_.offer(std::move(frame));
  }
  schedule_pump();
}

void partition_actor::on_answer(const append_answer& answer) {
  if (appender_ != nullptr) {
    conclude(appender_->on_answer(answer.ticket, answer.result));
  }
}

void partition_actor::conclude(appender::verdict verdict) {
  switch (verdict) {
  case appender::verdict::read_back:
    read_journal(appender_->read_from(), defaults::read_bytes_max);
    return;
  case appender::verdict::fenced:
    spdlog::warn("partition.fenced journal={} epoch={}", journal_->name, partition_->epoch());
    ++status().fenced;
    ++env_->status->fenced;
    quit(caf::sec::runtime_error); // the supervisor starts a new one, which recovers first
    return;
  case appender::verdict::regressed:
    halt("has lost frames that were committed");
    return;
  case appender::verdict::none:
    break;
  }
  const auto committed = appender_->take_committed();
  if (committed > 0) {
    retry_delay_ = {};
    frames_since_snapshot_ += committed;
    publish_status();
  }
  if (appender_->needs_resend() && !resend_scheduled_) {
    const std::chrono::nanoseconds first = defaults::append_retry_first;
    retry_delay_ = std::clamp<std::chrono::nanoseconds>(retry_delay_ * 2, first, defaults::append_retry_last);
    spdlog::warn("append.retry journal={} frames={} detail=\"{}\"", journal_->name, appender_->in_flight(),
                 appender_->detail());
    resend_scheduled_ = true;
    tell_later(*this, retry_delay_, wake{resend_now});
    return;
  }
  if (phase_ == phase::owning && appender_->in_flight() == 0) {
    start_running();
    return;
  }
  pump();
}

void partition_actor::on_wake(std::uint32_t why) {
  switch (why) {
  case pump_now:
    pump_scheduled_ = false;
    break;
  case resend_now:
    resend_scheduled_ = false;
    appender_->resend();
    return;
  case poll_feed:
    feed_scheduled_ = false;
    break;
  case run_due:
    armed_.reset();
    break;
  default:
    return;
  }
  pump();
}

// Through the mailbox, so that all batches that are already there become one frame.
void partition_actor::schedule_pump() {
  if (!pump_scheduled_) {
    pump_scheduled_ = true;
    tell(*this, caf::actor_cast<caf::actor>(this), wake{pump_now});
  }
}

void partition_actor::pump() {
  if (phase_ == phase::draining) {
    maybe_end();
    return;
  }
  if (phase_ != phase::running || pump_scheduled_) {
    return;
  }
  maybe_snapshot();
  if (!snapshot_due_ && partition_->next_due()) {
    partition_->run_due(env_->now(), env_->limits.frame_bytes_max);
  }
  while (!snapshot_due_) {
    const bool may_append = appender_->in_flight() < env_->limits.appends_in_flight_max;
    if (partition_->open_bytes() >= env_->limits.frame_bytes_max) {
      if (!may_append) {
        break;
      }
      seal();
    } else if (!handle_next()) {
      break;
    }
  }
  if (phase_ != phase::running) {
    return;
  }
  pull_feed();
  const bool position_is_old = partition_->unrecorded_inputs() >= defaults::unrecorded_inputs_max;
  if ((partition_->has_open_frame() || position_is_old) &&
      appender_->in_flight() < env_->limits.appends_in_flight_max) {
    seal();
  }
  return_credit();
  arm();
}

// One wake-up is under way for the earliest entry; one that is armed too late is armed again, and the other tolerated.
void partition_actor::arm() {
  const auto due = partition_->next_due();
  if (due && (!armed_ || *due < *armed_)) {
    armed_ = due;
    tell_later(*this, std::max<std::chrono::nanoseconds>(*due - env_->now(), std::chrono::milliseconds(1)),
               wake{run_due});
  }
}

bool partition_actor::handle_next() {
  auto next = gate_.next();
  if (!next) {
    halt(next.error().what);
    return false;
  }
  if (*next == nullptr) {
    return false;
  }
  partition_->handle(**next, env_->now());
  const auto source = (*next)->source->journal();
  for (auto& l : lanes_) {
    if (env_->plan_->journals[l.journal].id == source) {
      l.owed += weight(**next, false);
      env_->status->set_handled(journal_index_, l.journal, (*next)->source->sequence());
    }
  }
  return true;
}

void partition_actor::pull_feed() {
  if (feed_ == nullptr || feed_complete_ || snapshot_due_ ||
      appender_->in_flight() >= env_->limits.appends_in_flight_max) {
    return;
  }
  feed_events_.clear();
  const auto filled = feed_->fill(feed_events_, env_->limits.frame_bytes_max / 4);
  feed_complete_ = filled.complete;
  if (feed_events_.size() > 0 || filled.complete) {
    partition_->ingest(feed_events_, env_->now());
    partition_->set_ingress({feed_->identity(), filled.offset, filled.complete});
    feed_delay_ = {};
  } else if (!feed_scheduled_) {
    feed_scheduled_ = true;
    const std::chrono::nanoseconds first = defaults::feed_poll_first;
    feed_delay_ = std::clamp<std::chrono::nanoseconds>(feed_delay_ * 2, first, defaults::feed_poll_last);
    tell_later(*this, feed_delay_, wake{poll_feed});
  }
}

void partition_actor::seal() {
  appender_->append(partition_->seal(env_->now()));
}

void partition_actor::return_credit() {
  const bool idle = gate_.waiting() == 0;
  for (auto& l : lanes_) {
    if (l.owed > 0 && (idle || l.owed >= env_->limits.lane_credit / 8)) {
      tell(*this, readers_[l.journal], credit{l.attachment, l.owed});
      l.owed = 0;
    }
  }
  status().waiting = gate_.waiting();
  status().pending = partition_->pending().live();
  status().unsettled = appender_->in_flight() + (partition_->has_open_frame() ? 1 : 0);
}

// Only a committed state is worth a snapshot, so handling pauses until nothing is in flight.
void partition_actor::maybe_snapshot() {
  if (env_->snapshots == nullptr || env_->limits.snapshot_frames == 0 ||
      frames_since_snapshot_ < env_->limits.snapshot_frames || !partition_->can_snapshot()) {
    return;
  }
  snapshot_due_ = true;
  if (partition_->has_open_frame()) {
    if (appender_->in_flight() < env_->limits.appends_in_flight_max) {
      seal();
    }
    return;
  }
  if (appender_->in_flight() == 0) {
    env_->snapshots->put({journal_->id, partition_->sequence(), partition_->hash(), partition_->snapshot()});
    ++status().snapshots;
    frames_since_snapshot_ = 0;
    snapshot_due_ = false;
  }
}

void partition_actor::maybe_end() {
  if (partition_->has_open_frame() && appender_->in_flight() < env_->limits.appends_in_flight_max) {
    seal();
  }
  if (appender_->in_flight() == 0 && !partition_->has_open_frame()) {
    if (env_->snapshots != nullptr && partition_->can_snapshot() && frames_since_snapshot_ > 0) {
      env_->snapshots->put({journal_->id, partition_->sequence(), partition_->hash(), partition_->snapshot()});
      ++status().snapshots;
    }
    publish_status();
    quit();
  }
}

void partition_actor::publish_status() {
  auto& s = status();
  const auto& c = partition_->counters();
  s.epoch = partition_->epoch();
  s.sequence = number(partition_->sequence()) - (appender_ != nullptr ? appender_->in_flight() : 0);
  s.events = c.events;
  s.reactions = c.reactions;
  s.retries = c.retries;
  s.dead_letters = partition_->pending().dead();
}

void partition_actor::halt(const std::string& why) {
  spdlog::critical("journal.halted journal={} reason=\"{}\"", journal_->name, why);
  env_->status->raise("journal " + journal_->name + ": " + why);
  quit(caf::exit_reason::user_shutdown); // not started again: a person has to look
}

} // namespace reel::runtime
