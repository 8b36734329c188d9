#include "core/timer_watch.hpp"

#include "core/hash.hpp"

#include <reel/frame_generated.h>

#include <algorithm>

namespace reel::core {
namespace {

constexpr std::size_t findings_max = 1000;

bool is_published_by_reaction(const actor_info& actor, event_type_id event) {
  return std::any_of(actor.reactions.begin(), actor.reactions.end(), [&](const reaction_info& r) {
    return std::find(r.outputs.begin(), r.outputs.end(), event) != r.outputs.end();
  });
}

timestamp at(std::int64_t nanoseconds) {
  return timestamp(std::chrono::nanoseconds(nanoseconds));
}

} // namespace

timer_watch::timer_watch(const choreography_info& choreography, const event_registry& registry)
    : registry_(&registry), effects_(registry.events().size() + 1) {
  for (const auto& service : choreography.services) {
    for (const auto& actor : service.actors) {
      for (const auto& info : actor.deadlines) {
        const auto tag = deadline_tag(actor, info);
        deadlines_.emplace(tag, watched_deadline{service.name, std::string(actor.name), &info});
        effects_[registry.index_of(info.event)].push_back({tag, !is_published_by_reaction(actor, info.event)});
        for (std::size_t i = 0; i < info.unless.size(); ++i) {
          if (i >= info.unless_keys.size() || info.unless_keys[i] == nullptr) {
            effects_[registry.index_of(info.unless[i])].push_back({tag, false});
          }
        }
        for (std::size_t i = 0; i < actor.ends.size(); ++i) {
          if (i >= actor.end_keys.size() || actor.end_keys[i] == nullptr) {
            effects_[registry.index_of(actor.ends[i])].push_back({tag, false});
          }
        }
      }
    }
  }
}

void timer_watch::observe(const frame& f) {
  touched_.clear();
  if (deadlines_.empty()) {
    return;
  }
  for (std::size_t i = 0; i < f.event_count(); ++i) {
    take_event(f, i);
  }
  const auto& body = f.body();
  if (const auto* stopped = body.timers_stopped()) {
    for (const auto* t : *stopped) {
      stop(place_of(f.journal(), t->deadline(), t->key()->string_view()));
    }
  }
  if (const auto* timers = body.timers()) {
    for (const auto* t : *timers) {
      const auto event = f.event(t->event());
      if (const auto key = key_of(event); !key.empty()) {
        adopt(place_of(f.journal(), t->deadline(), key), {at(t->due()), event.correlation, t->deadline()});
        ++started_;
      }
    }
  }
  if (const auto* keyed = body.timers_keyed()) {
    for (const auto* t : *keyed) {
      adopt(place_of(f.journal(), t->deadline(), t->key()->string_view()),
            {at(t->due()), correlation_id{t->correlation()}, t->deadline()});
      ++started_;
    }
  }
}

void timer_watch::take_event(const frame& f, std::size_t index) {
  const auto& effects = effects_[registry_->index_of(f.type_of(index))];
  if (effects.empty()) {
    return;
  }
  const auto event = f.event(index);
  const auto key = key_of(event);
  for (const auto& effect : effects) {
    const auto place = place_of(f.journal(), effect.deadline, key);
    const auto found = timers_.find(place);
    if (effect.passes) {
      ++passed_;
      const auto& name = registry_->find(event.type)->name;
      if (findings_.size() < findings_max && found == timers_.end()) {
        findings_.emplace_back(event.correlation,
                               std::string(name) + " of " + std::string(key) + ": the deadline was not armed");
      } else if (findings_.size() < findings_max && f.time() < found->second.due) {
        findings_.emplace_back(event.correlation, std::string(name) + " of " + std::string(key) + ": passed " +
                                                      duration_text(found->second.due - f.time()) + " early");
      }
    }
    if (found != timers_.end()) {
      stop(place);
    }
  }
}

void timer_watch::adopt(std::uint64_t place, const watched_timer& timer) {
  stop(place);
  timers_.emplace(place, timer);
  by_flow_.emplace(timer.correlation, place);
}

void timer_watch::stop(std::uint64_t place) {
  const auto found = timers_.find(place);
  if (found == timers_.end()) {
    return;
  }
  const auto flow = found->second.correlation;
  touched_.push_back(flow);
  const auto [first, last] = by_flow_.equal_range(flow);
  by_flow_.erase(std::find_if(first, last, [place](const auto& entry) { return entry.second == place; }));
  timers_.erase(found);
}

const watched_deadline* timer_watch::find(std::uint32_t tag) const {
  const auto found = deadlines_.find(tag);
  return found != deadlines_.end() ? &found->second : nullptr;
}

std::vector<watched_timer> timer_watch::of(correlation_id correlation) const {
  std::vector<watched_timer> result;
  const auto [first, last] = by_flow_.equal_range(correlation);
  for (auto it = first; it != last; ++it) {
    result.push_back(timers_.at(it->second));
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return std::pair(a.due, a.deadline) < std::pair(b.due, b.deadline); });
  return result;
}

void timer_watch::for_each(const std::function<void(std::uint64_t, const watched_timer&)>& visit) const {
  for (const auto& [place, timer] : timers_) {
    visit(place, timer);
  }
}

std::uint64_t timer_watch::place_of(journal_id journal, std::uint32_t deadline, std::string_view key) {
  const auto name = (std::uint64_t{static_cast<std::uint32_t>(journal)} << 32U) | deadline;
  return xxh3(key) ^ (name * 0x9e3779b97f4a7c15ULL);
}

std::string_view timer_watch::key_of(const event_view& event) {
  const auto* info = registry_->find(event.type);
  keys_.clear();
  if (info != nullptr && info->key != nullptr) {
    info->key(event.payload.data(), keys_);
  }
  return keys_.keys().empty() ? std::string_view() : keys_.keys().front();
}

} // namespace reel::core
