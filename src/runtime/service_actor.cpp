#include "runtime/service_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

using core::local_phase;
using core::partition_role;

service_actor::service_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t service,
                             std::vector<caf::actor> readers, feed_maker input)
    : caf::event_based_actor(config), env_(std::move(env)), service_(service), readers_(std::move(readers)),
      make_feed_(std::move(input)) {
  drop_unknown(*this);
}

caf::behavior service_actor::make_behavior() {
  set_down_handler([this](caf::down_msg& down) { on_down(down); });
  slots_.resize(env_->plan_->services[service_].journals.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].order = {static_cast<std::uint32_t>(i), clustered() ? partition_role::none : partition_role::own, 0};
    carry_out(i);
  }
  return {
      [this](const meet_keeper& m) { keeper_ = m.keeper; },
      [this](const partition_order& order) { on_order(order); },
      [this](const standing_by& s) {
        if (slots_[s.partition].partition && !slots_[s.partition].owns) {
          slots_[s.partition].ready = true;
          report(s.partition, local_phase::ready);
        }
      },
      [this](const wake& w) { // time to start a failed partition again
        slots_[w.reason].waits = false;
        if (clustered()) { // whether it is still the owner, the keeper finds out first
          auto& order = slots_[w.reason].order;
          order.role = order.role == partition_role::own ? partition_role::none : order.role;
          report(w.reason, local_phase::absent, true);
        }
        carry_out(w.reason);
      },
      [this](drain) {
        draining_ = true;
        for (const auto& s : slots_) {
          if (s.partition) {
            tell(*this, s.partition, drain{});
          }
        }
        end_when_empty();
      },
  };
}

void service_actor::on_exit() {
  for (const auto& s : slots_) { // only when it is killed; after a drain there are none
    if (s.partition) {
      send_exit(s.partition, caf::exit_reason::kill);
    }
  }
  readers_.clear();
  slots_.clear();
  make_feed_ = nullptr;
  keeper_ = caf::actor{};
}

void service_actor::start(std::size_t index) {
  auto& s = slots_[index];
  s.owns = s.order.role == partition_role::own;
  s.ready = false;
  partition_start how{!s.owns, s.order.epoch, caf::actor_cast<caf::actor>(this)};
  s.partition = spawn<partition_actor>(env_, journal_of(index), readers_, make_feed_, std::move(how));
  monitor(s.partition);
  report(index, s.owns ? local_phase::running : local_phase::recovering);
}

void service_actor::on_order(const partition_order& order) {
  auto& s = slots_[order.partition];
  s.order = order;
  if (s.halted && order.role == partition_role::none) {
    s.halted = false; // another node has it; should it come back, it is tried again
    report(order.partition, local_phase::absent);
  }
  carry_out(order.partition);
}

// Brings a partition to what its order says. One that runs and shall stand by ends first, and is started again.
void service_actor::carry_out(std::size_t index) {
  auto& s = slots_[index];
  if (draining_ || s.waits || s.halted) {
    return;
  }
  switch (s.order.role) {
  case partition_role::none:
    if (s.partition) {
      send_exit(s.partition, caf::exit_reason::kill);
    }
    return;
  case partition_role::stand_by:
    if (!s.partition) {
      start(index);
    } else if (s.owns) {
      send_exit(s.partition, caf::exit_reason::kill);
    }
    return;
  case partition_role::own:
    if (!s.partition) {
      start(index);
    } else if (!s.owns) {
      s.owns = true;
      tell(*this, s.partition, take_over{s.order.epoch});
      report(index, local_phase::running);
    }
    return;
  case partition_role::release:
    if (s.partition) {
      tell(*this, s.partition, drain{});
      report(index, local_phase::draining);
    } else {
      report(index, local_phase::absent);
    }
    return;
  }
}

void service_actor::on_down(const caf::down_msg& down) {
  const auto it = std::find_if(slots_.begin(), slots_.end(),
                               [&](const slot& s) { return s.partition && s.partition.address() == down.source; });
  if (it == slots_.end()) {
    return;
  }
  it->partition = caf::actor{};
  it->owns = false;
  it->ready = false;
  const auto index = static_cast<std::size_t>(it - slots_.begin());
  on_end(index, down.reason == caf::sec::runtime_error, down.reason == caf::exit_reason::user_shutdown);
}

void service_actor::on_end(std::size_t index, bool failed, bool halted) {
  if (draining_) {
    end_when_empty();
    return;
  }
  auto& s = slots_[index];
  if (failed) {
    ++env_->status->partition(journal_of(index)).restarts;
    spdlog::warn("partition.restart journal={}", env_->plan_->journals[journal_of(index)].name);
    s.waits = true;
    tell_later(*this, defaults::restart_delay, wake{static_cast<std::uint32_t>(index)});
    return;
  }
  s.halted = halted;
  report(index, halted ? local_phase::halted : local_phase::absent);
  if (clustered() && s.order.role == partition_role::stand_by) {
    carry_out(index); // it was the owner before
  }
}

void service_actor::report(std::size_t index, local_phase phase, bool failed) {
  auto& status = env_->status->partition(journal_of(index));
  status.standing_by = phase == local_phase::ready;
  if (keeper_) {
    tell(*this, keeper_,
         partition_report{static_cast<std::uint32_t>(service_), static_cast<std::uint32_t>(index), phase, failed});
  }
}

void service_actor::end_when_empty() {
  if (std::none_of(slots_.begin(), slots_.end(), [](const slot& s) { return bool(s.partition); })) {
    quit();
  }
}

} // namespace reel::runtime
