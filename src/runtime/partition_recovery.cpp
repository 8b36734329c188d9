// A partition from nothing to running: its snapshot, its journal, its ownership.
#include "runtime/partition_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

namespace {

/// Attachments are unique in a node: an actor attaches once to each journal.
std::uint64_t attachment_of(caf::actor_id actor, std::size_t lane) {
  return (static_cast<std::uint64_t>(actor) << 16U) | lane;
}

} // namespace

void partition_actor::begin_recovery() {
  partition_ = std::make_unique<core::partition>(service_->info, env_->plan_->registry, journal_->genesis);
  if (env_->before_reaction) {
    partition_->interpose(env_->before_reaction);
  }
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
    read_journal(following(partition_->sequence()), defaults::recovery_bytes_max);
    return;
  }
  candidate_ = std::move(snapshots_.back());
  snapshots_.pop_back();
  read_journal(candidate_->sequence, 1);
}

void partition_actor::read_journal(frame_sequence from, std::size_t bytes_max) {
  reading_ = true;
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
  reading_ = false;
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
    if (start_.stands_by) {
      stand_by();
    } else {
      own();
    }
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
  read_journal(following(partition_->sequence()), defaults::recovery_bytes_max);
}

// Has all that there is, for now. The journal goes on growing: its owner is another one.
void partition_actor::stand_by() {
  if (watch_ == nullptr) {
    const auto self = caf::actor_cast<caf::actor>(this);
    watch_ = env_->log->watch(
        journal_->id, [self](journal_id, frame_sequence last) { tell_from_outside(self, journal_moved{last}); });
    has_moved_ = true; // perhaps, before it was watched
    tell(*this, start_.supervisor, standing_by{journal_->genesis.partition});
  }
  if (has_moved_) {
    on_moved();
  }
}

void partition_actor::on_moved() {
  if (phase_ != phase::recovering) {
    return;
  }
  has_moved_ = reading_;
  if (!reading_) {
    read_journal(following(partition_->sequence()), defaults::recovery_bytes_max);
  }
}

void partition_actor::on_take_over(std::uint64_t epoch) {
  if (!start_.stands_by) {
    return;
  }
  start_.stands_by = false;
  start_.epoch = epoch;
  watch_.reset();
  if (!reading_) { // what the old owner wrote last
    read_journal(following(partition_->sequence()), defaults::recovery_bytes_max);
  }
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
  partition_->take_ownership(env_->node_name, start_.epoch);
  seal();
}

void partition_actor::start_running() {
  if (draining_) {
    quit();
    return;
  }
  phase_ = phase::running;
  status().running = true;
  feed_ = make_feed_ ? make_feed_() : nullptr;
  if (feed_ != nullptr) {
    const auto identity = feed_->identity();
    for (const auto& other : partition_->inputs_read()) {
      if (other.input != identity && !feed_->shares_journal()) {
        halt("it holds the input \"" + other.input + "\", but this run's input is \"" + identity + "\"");
        return;
      }
    }
    const auto mark = partition_->ingress(identity);
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

} // namespace reel::runtime
