#include "core/cluster/member.hpp"

#include "core/cluster/balance.hpp"

#include <algorithm>

namespace reel::core {

cluster_member::cluster_member(member_options options) : options_(std::move(options)) {}

// -- observing --------------------------------------------------------------------------------------------------------

void cluster_member::observe(cluster_state newest, duration now) {
  const auto before = std::exchange(state_, std::move(newest));
  observed_ = true;
  note_beats(now);
  const auto* self = life_ == node_life::nobody ? nullptr : state_.find(life_);
  if (self != nullptr) {
    note_own_beat(now);
    note_changes(before);
    phase_ = self->leaving ? phase::leaving : phase::member;
  } else if (phase_ == phase::leaving) {
    phase_ = phase::gone;
  } else if (phase_ == phase::member) {
    start_over(); // others thought that it was dead
    phase_ = leaving_ ? phase::gone : phase_;
  }
  targets_ = balanced_owners(state_);
}

void cluster_member::note_beats(duration now) {
  std::map<node_life, sign_of_life> seen;
  for (const auto& n : state_.nodes) {
    const auto before = signs_.find(n.life);
    if (before == signs_.end()) {
      seen[n.life] = {n.beat, now, false};
    } else {
      seen[n.life] = before->second.beat == n.beat ? before->second : sign_of_life{n.beat, now, true};
    }
  }
  signs_ = std::move(seen);
}

// After a time without the lease nothing is known of the others: they may have been cut off just as this node was.
void cluster_member::note_own_beat(duration now) {
  const auto beat = state_.find(life_)->beat;
  const auto sent = sent_.find(beat);
  if (sent == sent_.end()) {
    return;
  }
  const auto until = sent->second + options_.lease;
  if (lease_until_ && now >= *lease_until_) {
    for (auto& [life, sign] : signs_) {
      sign.at = now;
    }
  }
  lease_until_ = std::max(lease_until_.value_or(until), until);
  committed_beat_ = beat;
  sent_.erase(sent_.begin(), std::next(sent));
}

void cluster_member::note_changes(const cluster_state& before) {
  for (const auto& p : state_.partitions) {
    const auto* then = before.find(p.service, p.partition);
    const bool was_mine = then != nullptr && then->owner == life_;
    if (p.owner == life_ && !was_mine) {
      takeovers_ += then == nullptr || then->wanted_by != life_ ? 1 : 0;
    } else if (p.owner != life_ && was_mine) {
      ++handovers_;
    }
  }
  std::erase_if(doubts_, [&](const auto& d) {
    const auto* p = state_.find(d.first.first, d.first.second);
    return d.second <= committed_beat_ || p == nullptr || p->owner != life_;
  });
}

void cluster_member::start_over() {
  phase_ = phase::watching;
  life_ = node_life::nobody;
  lease_until_.reset();
  sent_.clear();
  doubts_.clear();
  committed_beat_ = 0;
}

bool cluster_member::holds_lease(duration now) const noexcept {
  return (phase_ == phase::member || phase_ == phase::leaving) && lease_until_ && now < *lease_until_;
}

bool cluster_member::is_dead(const cluster_node& n, duration now) const {
  const auto sign = signs_.find(n.life);
  return n.life != life_ && sign != signs_.end() && now - sign->second.at >= std::chrono::milliseconds(n.lease_ms);
}

// -- joining ----------------------------------------------------------------------------------------------------------

std::string cluster_member::objection_to(const cluster_node& other) const {
  if (other.name == options_.name) {
    return "another process runs as node " + other.name + ": give this one a name of its own";
  }
  for (const auto& mine : options_.services) {
    const auto* theirs = other.find(mine.name);
    if (theirs != nullptr && theirs->partitions != mine.partitions) {
      return "node " + other.name + " has " + std::to_string(theirs->partitions) + " partitions of " + mine.name +
             ", this node " + options_.name + " has " + std::to_string(mine.partitions);
    }
  }
  if (other.fingerprint == options_.fingerprint) {
    return {};
  }
  if (options_.disagreement) {
    const auto why = options_.disagreement(options_.fingerprint, other.fingerprint);
    return why.empty() ? why
                       : "node " + other.name + " runs another program than this node " + options_.name + ": " + why;
  }
  return "node " + other.name + " runs schemas and choreography " + other.fingerprint + ", this node " + options_.name +
         " runs " + options_.fingerprint;
}

// Whoever objects may be dead and not know: that takes a lease's time, or its next beat, to find out.
bool cluster_member::may_join(cluster_state& next, duration now) {
  for (const auto& other : state_.nodes) {
    if (other.life == life_) {
      continue;
    }
    auto objection = objection_to(other);
    if (objection.empty()) {
      continue;
    }
    if (is_dead(other, now)) {
      next.remove(other.life);
      continue;
    }
    if (signs_.at(other.life).again) {
      phase_ = phase::refused;
      reason_ = std::move(objection);
    }
    return false;
  }
  return true;
}

std::optional<cluster_state> cluster_member::propose_join(duration now, timestamp wall, node_life life) {
  auto next = state_;
  if (!observed_ || !may_join(next, now)) {
    return std::nullopt;
  }
  life_ = life_ == node_life::nobody ? life : life_;
  auto& self = next.nodes.emplace_back();
  self.name = options_.name;
  self.life = life_;
  self.lease_ms = static_cast<std::uint32_t>(options_.lease / std::chrono::milliseconds(1));
  self.fingerprint = options_.fingerprint;
  self.services = options_.services;
  self.joined = wall;
  for (const auto& s : options_.services) {
    std::erase_if(next.partitions, [&](const auto& p) { return p.service == s.name && p.partition >= s.partitions; });
    next.add_partitions(s);
  }
  return stamped(std::move(next), now);
}

// -- writing ----------------------------------------------------------------------------------------------------------

std::optional<cluster_state> cluster_member::propose(duration now, timestamp wall, node_life life) {
  if (phase_ == phase::gone || phase_ == phase::refused) {
    return std::nullopt;
  }
  if (phase_ == phase::watching) {
    return propose_join(now, wall, life);
  }
  // With a lease that has run out the record only says that this node is back: what it may do, it sees afterwards.
  auto next = state_;
  bool changed = holds_lease(now) && expel_dead(next, now);
  changed = (holds_lease(now) || leaving_) && settle_partitions(next) ? true : changed;
  auto* self = next.find(life_);
  const bool starts_leaving = leaving_ && !self->leaving;
  self->leaving = leaving_;
  const auto is_mine = [&](const cluster_partition& p) { return p.owner == life_; };
  if (leaving_ && std::none_of(next.partitions.begin(), next.partitions.end(), is_mine)) {
    next.remove(life_);
    return next;
  }
  if (!changed && !starts_leaving && doubts_.empty() && !beat_is_due(now)) {
    return std::nullopt;
  }
  return stamped(std::move(next), now);
}

bool cluster_member::beat_is_due(duration now) const {
  return !lease_until_ || now - (*lease_until_ - options_.lease) >= options_.beat_every;
}

void cluster_member::leave() {
  leaving_ = true;
  phase_ = phase_ == phase::watching || phase_ == phase::refused ? phase::gone : phase_;
}

cluster_state cluster_member::stamped(cluster_state next, duration now) {
  auto* self = next.find(life_);
  proposed_beat_ = std::max(proposed_beat_, self->beat) + 1;
  sent_[proposed_beat_] = now;
  self->beat = proposed_beat_;
  self->takeovers = takeovers_;
  self->handovers = handovers_;
  self->fenced = fenced_;
  add_figures(next);
  return next;
}

bool cluster_member::expel_dead(cluster_state& next, duration now) const {
  bool any = false;
  for (const auto& n : state_.nodes) {
    if (is_dead(n, now)) {
      next.remove(n.life);
      any = true;
    }
  }
  return any;
}

bool cluster_member::settle_partitions(cluster_state& next) const {
  const auto targets = balanced_owners(next);
  bool changed = false;
  for (std::size_t i = 0; i < next.partitions.size(); ++i) {
    changed = settle(next.partitions[i], targets[i]) || changed;
  }
  return changed;
}

bool cluster_member::settle(cluster_partition& p, node_life target) const {
  const auto here = local(p.service, p.partition);
  if (p.owner == life_) {
    const bool ended = here == local_phase::absent || here == local_phase::halted;
    if (!should_release(p) || !ended) {
      return false;
    }
    p.owner = node_life::nobody;
    p.figures.running = false;
    return true;
  }
  if (leaving_) {
    return false;
  }
  if (p.owner == node_life::nobody) {
    const bool mine = p.wanted_by == life_ || (p.wanted_by == node_life::nobody && target == life_);
    if (mine) {
      p.owner = life_;
      ++p.epoch;
      p.wanted_by = node_life::nobody;
    }
    return mine;
  }
  if (p.wanted_by == node_life::nobody && target == life_ && here == local_phase::ready) {
    p.wanted_by = life_;
    return true;
  }
  if (p.wanted_by == life_ && (target != life_ || here == local_phase::halted)) {
    p.wanted_by = node_life::nobody;
    return true;
  }
  return false;
}

bool cluster_member::should_release(const cluster_partition& p) const {
  return leaving_ || p.wanted_by != node_life::nobody;
}

void cluster_member::add_figures(cluster_state& next) const {
  if (!figures_) {
    return;
  }
  for (auto& p : next.partitions) {
    if (p.owner == life_) {
      p.figures = figures_(p.service, p.partition);
      p.epoch = std::max(p.epoch, p.figures.epoch);
      p.figures.epoch = p.epoch;
    }
  }
}

// -- partitions -------------------------------------------------------------------------------------------------------

void cluster_member::set_local(std::string_view service, std::uint32_t partition, local_phase now) {
  local_[{std::string(service), partition}] = now;
}

local_phase cluster_member::local(std::string_view service, std::uint32_t partition) const {
  const auto it = local_.find({std::string(service), partition});
  return it == local_.end() ? local_phase::absent : it->second;
}

void cluster_member::figures_from(
    std::function<partition_figures(std::string_view service, std::uint32_t partition)> source) {
  figures_ = std::move(source);
}

void cluster_member::doubt(std::string_view service, std::uint32_t partition, bool fenced) {
  fenced_ += fenced ? 1 : 0;
  doubts_[{std::string(service), partition}] = proposed_beat_ + 1;
}

cluster_member::order cluster_member::role_of(std::string_view service, std::uint32_t partition, duration now) const {
  if (!holds_lease(now)) {
    return {};
  }
  const auto* p = state_.find(service, partition);
  if (p == nullptr) {
    return {};
  }
  if (p->owner == life_) {
    if (should_release(*p)) {
      return {partition_role::release, p->epoch};
    }
    const bool believed = !doubts_.contains({std::string(service), partition});
    return believed ? order{partition_role::own, p->epoch} : order{};
  }
  const auto target = targets_[static_cast<std::size_t>(p - state_.partitions.data())];
  const bool next_owner = p->wanted_by == life_ || (p->wanted_by == node_life::nobody && target == life_);
  return next_owner && !leaving_ ? order{partition_role::stand_by, 0} : order{};
}

} // namespace reel::core
