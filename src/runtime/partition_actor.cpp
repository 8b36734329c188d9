#include "runtime/partition_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

namespace {

frame_sequence after(frame_sequence sequence) {
  return frame_sequence{static_cast<std::uint64_t>(sequence) + 1};
}

std::uint64_t number(frame_sequence sequence) {
  return static_cast<std::uint64_t>(sequence);
}

/// Attachments are unique in a node: an actor attaches once to each journal.
std::uint64_t attachment_of(caf::actor_id actor, std::size_t lane) {
  return (static_cast<std::uint64_t>(actor) << 16U) | lane;
}

} // namespace

partition_actor::partition_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t journal,
                                 std::vector<caf::actor> readers, std::shared_ptr<feed> input)
    : caf::event_based_actor(config), env_(std::move(env)), journal_index_(journal),
      journal_(&env_->plan_->journals[journal]), service_(&env_->plan_->services[journal_->service]),
      readers_(std::move(readers)), feed_(std::move(input)) {
  drop_unknown(*this);
}

caf::behavior partition_actor::make_behavior() {
  begin_recovery();
  return {
      [this](routed_batch& batch) { on_batch(batch); },
      [this](const append_answer& answer) { on_answer(answer); },
      [this](journal_read& result) { on_read(result); },
      [this](const wake& w) { on_wake(w.reason); },
      [this](drain) {
        draining_ = true;
        phase_ = phase_ == phase::running ? phase::draining : phase_;
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
  snapshots_.clear();
  candidate_.reset();
}

partition_status& partition_actor::status() const {
  return env_->status->partition(journal_index_);
}

// -- recovery ---------------------------------------------------------------------------------------------------------

void partition_actor::begin_recovery() {
  partition_ = std::make_unique<core::partition>(service_->info, env_->plan_->registry, journal_->genesis);
  if (env_->snapshots != nullptr && partition_->can_snapshot()) {
    if (auto loaded = env_->snapshots->load(journal_->id)) {
      snapshots_ = std::move(*loaded);
      std::reverse(snapshots_.begin(), snapshots_.end()); // newest last, to pop
    } else {
      spdlog::warn("snapshot.unreadable journal={} error=\"{}\"", journal_->name, loaded.error().what);
    }
  }
  check_snapshot();
}

// A snapshot counts only when the journal still holds the frame that it was taken at.
void partition_actor::check_snapshot() {
  if (snapshots_.empty()) {
    candidate_.reset();
    read_journal(after(partition_->sequence()), defaults::recovery_bytes_max);
    return;
  }
  candidate_ = std::move(snapshots_.back());
  snapshots_.pop_back();
  read_journal(candidate_->sequence, 1);
}

void partition_actor::read_journal(frame_sequence from, std::size_t bytes_max) {
  const auto ticket = ++read_ticket_;
  const auto self = caf::actor_cast<caf::actor>(this);
  env_->log->read(journal_->id, from, bytes_max, [self, ticket](core::expected<transport::frames> frames) {
    tell_from_outside(self, journal_read{ticket, std::move(frames)});
  });
}

void partition_actor::on_read(journal_read& result) {
  if (result.ticket != read_ticket_) {
    return;
  }
  if (!result.frames) {
    halt("cannot be read: " + result.frames.error().what);
    return;
  }
  if (phase_ == phase::recovering) {
    on_recovery_read(*result.frames);
  } else {
    conclude(appender_->settle(*result.frames));
  }
}

void partition_actor::on_recovery_read(const transport::frames& frames) {
  if (candidate_) {
    if (frames.empty() || frames.front()->hash() != candidate_->hash) {
      halt("its snapshot at frame " + std::to_string(number(candidate_->sequence)) +
           " is newer than the journal or of another history: the journal has lost its tail, or was replaced");
      return;
    }
    const auto bytes = std::as_bytes(std::span(candidate_->bytes));
    if (partition_->restore(bytes)) {
      snapshots_.clear();
    } else {
      spdlog::info("snapshot.ignored journal={} frame={} reason=\"of another program version\"", journal_->name,
                   number(candidate_->sequence));
    }
    check_snapshot();
    return;
  }
  if (frames.empty()) {
    own();
    return;
  }
  for (const auto& frame : frames) {
    if (const auto folded = partition_->recover(*frame); !folded) {
      halt(folded.error().what);
      return;
    }
    status().recovered_events += frame->event_count();
  }
  status().recovered_frames += frames.size();
  publish_status();
  read_journal(after(partition_->sequence()), defaults::recovery_bytes_max);
}

void partition_actor::own() {
  if (draining_) {
    quit();
    return;
  }
  phase_ = phase::owning;
  const auto self = caf::actor_cast<caf::actor>(this);
  appender_ = std::make_unique<appender>(*env_->log, journal_->id, partition_->hash(),
                                         [self](std::uint64_t ticket, transport::append_result result) {
                                           tell_from_outside(self, append_answer{ticket, std::move(result)});
                                         });
  partition_->take_ownership(env_->node_name);
  seal();
}

void partition_actor::start_running() {
  if (draining_) {
    quit();
    return;
  }
  phase_ = phase::running;
  status().running = true;
  if (feed_ != nullptr) {
    const auto& mark = partition_->ingress();
    const auto identity = feed_->identity();
    if (!mark.input.empty() && mark.input != identity) {
      halt("it holds the input \"" + mark.input + "\", but this run's input is \"" + identity + "\"");
      return;
    }
    if (!feed_->skip(mark.offset)) {
      halt("the input is shorter than what was read from it before");
      return;
    }
    feed_complete_ = mark.complete && !feed_->grown();
  }
  for (const auto journal : service_->subscribes) {
    const auto id = env_->plan_->journals[journal].id;
    const auto handled = partition_->handled(id);
    gate_.add_lane(id, handled);
    const auto attachment = attachment_of(this->id(), lanes_.size());
    lanes_.push_back({journal, attachment, 0});
    env_->status->set_handled(journal_index_, journal, handled.sequence);
    tell(*this, readers_[journal],
         attach_request{caf::actor_cast<caf::actor>(this), static_cast<std::uint32_t>(journal_->service),
                        journal_->genesis.partition, handled.sequence, env_->limits.lane_credit, attachment});
  }
  publish_status();
  schedule_pump();
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
  s.dead_letters = c.dead_letters;
}

void partition_actor::halt(const std::string& why) {
  spdlog::critical("journal.halted journal={} reason=\"{}\"", journal_->name, why);
  env_->status->raise("journal " + journal_->name + ": " + why);
  quit(caf::exit_reason::user_shutdown); // not started again: a person has to look
}

} // namespace reel::runtime
