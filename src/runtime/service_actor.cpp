#include "runtime/service_actor.hpp"

#include "runtime/effect_actor.hpp"
#include "runtime/partition_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::runtime {

namespace {

bool has_effects(const service_info& service) {
  return std::any_of(service.actors.begin(), service.actors.end(), [](const actor_info& actor) {
    return std::any_of(actor.reactions.begin(), actor.reactions.end(),
                       [](const reaction_info& reaction) { return reaction.effect.has_value(); });
  });
}

} // namespace

service_actor::service_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t service,
                             std::vector<caf::actor> readers, std::shared_ptr<feed> input)
    : caf::event_based_actor(config), env_(std::move(env)), service_(service), readers_(std::move(readers)),
      feed_(std::move(input)) {
  drop_unknown(*this);
}

caf::behavior service_actor::make_behavior() {
  set_down_handler([this](caf::down_msg& down) { on_down(down); });
  const auto count = env_->plan_->services[service_].journals.size();
  partitions_.resize(count);
  if (has_effects(env_->plan_->services[service_].info)) {
    effects_ = spawn<effect_actor>(env_, service_);
  }
  for (std::size_t i = 0; i < count; ++i) {
    start(i);
  }
  return {
      [this](const wake& w) { // time to start a failed partition again
        if (!draining_) {
          start(w.reason);
        }
      },
      [this](drain) {
        draining_ = true;
        for (const auto& partition : partitions_) {
          if (partition) {
            tell(*this, partition, drain{});
          }
        }
        if (std::none_of(partitions_.begin(), partitions_.end(), [](const caf::actor& p) { return bool(p); })) {
          quit();
        }
      },
  };
}

void service_actor::on_exit() {
  for (const auto& partition : partitions_) { // only when it is killed; after a drain there are none
    if (partition) {
      send_exit(partition, caf::exit_reason::kill);
    }
  }
  if (effects_) {
    send_exit(effects_, caf::exit_reason::kill);
  }
  effects_ = caf::actor{};
  readers_.clear();
  partitions_.clear();
  feed_.reset();
}

void service_actor::start(std::size_t partition) {
  const auto journal = env_->plan_->services[service_].journals[partition];
  partitions_[partition] = spawn<partition_actor>(env_, journal, readers_, effects_, feed_);
  monitor(partitions_[partition]);
}

void service_actor::on_down(const caf::down_msg& down) {
  const auto it = std::find_if(partitions_.begin(), partitions_.end(),
                               [&](const caf::actor& p) { return p && p.address() == down.source; });
  if (it == partitions_.end()) {
    return;
  }
  const auto index = static_cast<std::size_t>(it - partitions_.begin());
  *it = caf::actor{};
  const bool failed = down.reason == caf::sec::runtime_error;
  if (failed && !draining_) {
    const auto journal = env_->plan_->services[service_].journals[index];
    ++env_->status->partition(journal).restarts;
    spdlog::warn("partition.restart journal={}", env_->plan_->journals[journal].name);
    tell_later(*this, defaults::restart_delay, wake{static_cast<std::uint32_t>(index)});
    return;
  }
  if (draining_ && std::none_of(partitions_.begin(), partitions_.end(), [](const caf::actor& p) { return bool(p); })) {
    quit();
  }
}

} // namespace reel::runtime
