#include "runtime/keeper.hpp"

#include "core/hash.hpp"
#include "transport/chain.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

using member_phase = core::cluster_member::phase;

keeper::keeper(caf::actor_config& config, std::shared_ptr<const environment> env, std::vector<caf::actor> services)
    : caf::event_based_actor(config), env_(std::move(env)), services_(std::move(services)),
      member_(member_options_of(env_->node_name, *env_->plan_, *env_->cluster)),
      genesis_(transport::cluster_genesis(env_->plan_->cluster)) {
  journal_ = transport::journal_id_of(genesis_);
  drop_unknown(*this);
}

caf::behavior keeper::make_behavior() {
  const auto self = caf::actor_cast<caf::actor>(this);
  member_.figures_from([this](std::string_view service, std::uint32_t p) { return figures(service, p); });
  for (const auto& service : services_) {
    if (service) {
      tell(*this, service, meet_keeper{self});
    }
  }
  env_->status->membership = membership::joining;
  watch_ = env_->log->watch(journal_,
                            [self](journal_id, frame_sequence last) { tell_from_outside(self, journal_moved{last}); });
  if (const auto end = env_->log->last(journal_)) {
    tail_.sequence = end->sequence;
  }
  look();
  tick();
  return {
      [this](const journal_moved& moved) {
        if (moved.last > tail_.sequence) {
          look();
        }
      },
      [this](const journal_read& result) { on_read(result); },
      [this](const append_answer& answer) { on_answer(answer); },
      [this](const partition_report& report) { on_report(report); },
      [this](const wake&) { tick(); },
      [this](drain) {
        ending_ = true;
        member_.leave();
        act();
      },
  };
}

void keeper::on_exit() {
  watch_.reset();
  services_.clear();
  member_.figures_from(nullptr);
}

void keeper::tick() {
  tell_later(*this, env_->cluster->lease / 12, wake{});
  waits_for_tick_ = false;
  if (appending_ || reading_) {
    give_orders(); // the lease may have run out
    note_progress();
    return;
  }
  act();
}

// -- the register -----------------------------------------------------------------------------------------------------

void keeper::look() {
  if (reading_) {
    read_again_ = true;
    return;
  }
  reading_ = true;
  const auto self = caf::actor_cast<caf::actor>(this);
  env_->log->read(journal_, std::max(tail_.sequence, frame_sequence{1}), defaults::read_bytes_max,
                  [self, ticket = ++ticket_](core::expected<transport::frames> found) {
                    tell_from_outside(self, journal_read{ticket, std::move(found)});
                  });
}

void keeper::on_read(const journal_read& result) {
  reading_ = false;
  auto state = core::expected<core::cluster_state>(core::cluster_state{});
  if (result.frames && !result.frames->empty()) {
    const auto& newest = *result.frames->back();
    if (newest.sequence() >= tail_.sequence) {
      tail_ = {newest.sequence(), newest.hash()};
      if (auto genesis = transport::read_repeated_genesis(newest)) {
        genesis_ = std::move(*genesis);
      }
      state = transport::read_cluster(newest);
      if (state) {
        observe(std::move(*state));
      }
    }
  }
  if (!result.frames || !state) {
    broken_ = true;
    const auto& error = result.frames ? state.error() : result.frames.error();
    spdlog::critical("cluster.unreadable error=\"{}\"", error.what);
    env_->status->raise("the cluster's journal cannot be read: " + error.what);
  }
  if (std::exchange(read_again_, false)) {
    look();
  }
  act();
}

void keeper::observe(core::cluster_state state) {
  member_.observe(std::move(state), env_->boot_time());
}

void keeper::speak() {
  if (appending_ || reading_ || waits_for_tick_ || broken_ || tail_.hash == core::frame_hash{}) {
    return;
  }
  auto record = member_.propose(env_->boot_time(), env_->now(), draw_life());
  if (!record) {
    return;
  }
  appending_ = true;
  proposed_ = transport::seal_cluster(genesis_, tail_, *record, env_->now());
  proposed_state_ = std::move(*record);
  const auto self = caf::actor_cast<caf::actor>(this);
  env_->log->append(journal_, tail_.sequence, proposed_, [self, ticket = ++ticket_](transport::append_result result) {
    tell_from_outside(self, append_answer{ticket, std::move(result)});
  });
}

// Whatever the answer is, the newest record says what holds. A record that lands late was decided on the newest one
// then, so it is as good as any.
void keeper::on_answer(const append_answer& answer) {
  appending_ = false;
  switch (answer.result.outcome) {
  case transport::append_outcome::committed:
    tail_ = {proposed_.decoded->sequence(), proposed_.decoded->hash()};
    observe(std::move(proposed_state_));
    break;
  case transport::append_outcome::conflict:
    waits_for_tick_ = answer.result.last == tail_.sequence;
    look();
    break;
  case transport::append_outcome::unknown:
  case transport::append_outcome::unavailable:
    waits_for_tick_ = true;
    look();
    break;
  }
  act();
}

core::node_life keeper::draw_life() {
  const auto text = env_->node_name + " " + std::to_string(env_->boot_time().count()) + " " +
                    std::to_string(env_->now().time_since_epoch().count()) + " " + std::to_string(++lives_drawn_);
  return core::node_life{core::xxh3(text) | 1U};
}

core::partition_figures keeper::figures(std::string_view service, std::uint32_t partition) const {
  for (std::size_t s = 0; s < services_.size(); ++s) {
    const auto& planned = env_->plan_->services[s];
    if (planned.info.name != service || partition >= planned.journals.size()) {
      continue;
    }
    const auto journal = planned.journals[partition];
    const auto& p = env_->status->partition(journal);
    core::partition_figures f{p.running, p.epoch, p.sequence, 0, p.pending, p.dead_letters};
    for (const auto source : planned.subscribes) {
      const auto newest = env_->status->head(source);
      const auto handled = env_->status->handled(journal, source);
      f.lag_frames = std::max(f.lag_frames, newest > handled ? newest - handled : 0);
    }
    return f;
  }
  return {};
}

// -- this node's partitions -------------------------------------------------------------------------------------------

void keeper::on_report(const partition_report& report) {
  const auto& planned = env_->plan_->services[report.service];
  const auto journal = journal_of(report.service, report.partition);
  phases_[{report.service, report.partition}] = report.phase;
  member_.set_local(planned.info.name, report.partition, report.phase);
  if (report.failed) {
    const auto fenced = env_->status->partition(journal).fenced.load();
    member_.doubt(planned.info.name, report.partition, fenced > fenced_[journal]);
    fenced_[journal] = fenced;
    ordered_.erase({report.service, report.partition});
  }
  act();
}

void keeper::act() {
  give_orders();
  speak();
  give_orders();
  note_progress();
  maybe_end();
}

void keeper::give_orders() {
  const auto now = env_->boot_time();
  for (std::size_t s = 0; s < services_.size(); ++s) {
    if (!services_[s]) {
      continue;
    }
    const auto& planned = env_->plan_->services[s];
    for (std::uint32_t p = 0; p < planned.journals.size(); ++p) {
      const auto order = member_.role_of(planned.info.name, p, now);
      auto& last = ordered_[{s, p}];
      if (order.role == last.role) {
        continue;
      }
      last = order;
      env_->status->partition(planned.journals[p]).owned =
          order.role == core::partition_role::own || order.role == core::partition_role::release;
      tell(*this, services_[s], partition_order{p, order.role, order.epoch});
    }
  }
}

void keeper::note_progress() {
  const auto now = env_->boot_time();
  const bool holds = member_.holds_lease(now);
  auto& status = *env_->status;
  status.takeovers = member_.takeovers();
  status.handovers = member_.handovers();
  if (held_lease_ && !holds && (member_.at() == member_phase::member || member_.at() == member_phase::leaving)) {
    ++status.step_downs;
    spdlog::warn("cluster.stepped_down node={} reason=\"no heartbeat was committed within the lease\"",
                 env_->node_name);
  }
  held_lease_ = holds;
  if (member_.at() == was_) {
    return;
  }
  const bool expelled = was_ == member_phase::member && member_.at() == member_phase::watching;
  was_ = member_.at();
  switch (was_) {
  case member_phase::watching:
    status.expulsions += expelled ? 1 : 0;
    spdlog::warn("cluster.expelled node={} reason=\"others took it for dead\"", env_->node_name);
    status.membership = membership::joining;
    break;
  case member_phase::member:
    spdlog::info("cluster.joined node={} nodes={}", env_->node_name, member_.state().nodes.size());
    status.membership = membership::member;
    break;
  case member_phase::leaving:
    status.membership = membership::leaving;
    break;
  case member_phase::gone:
    spdlog::info("cluster.left node={}", env_->node_name);
    status.membership = membership::gone;
    break;
  case member_phase::refused:
    spdlog::critical("cluster.refused node={} reason=\"{}\"", env_->node_name, member_.reason());
    status.refuse(member_.reason());
    break;
  }
}

void keeper::maybe_end() {
  const bool ended = std::all_of(phases_.begin(), phases_.end(), [](const auto& p) {
    return p.second == core::local_phase::absent || p.second == core::local_phase::halted;
  });
  if ((member_.at() == member_phase::gone || (broken_ && ending_)) && ended) {
    quit();
  }
}

} // namespace reel::runtime
