#include "core/deadline_rules.hpp"

#include "core/hash.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::core {

std::uint32_t deadline_tag(const actor_info& actor, const deadline_info& deadline) {
  return static_cast<std::uint32_t>(xxh3(std::string(actor.name) + "/" +
                                         std::to_string(static_cast<std::uint32_t>(deadline.event)) + "/" +
                                         std::to_string(static_cast<std::uint32_t>(deadline.after))));
}

std::string deadline_name(const event_registry& registry, const deadline_info& deadline) {
  const auto* event = registry.find(deadline.event);
  return "(deadline " + std::string(event != nullptr ? event->name : "?") + ")";
}

deadline_rules::deadline_rules(const service_info& service, const event_registry& registry)
    : effects_(registry.events().size() + 1) {
  const auto add = [&](event_type_id event, deadline_effect effect) {
    effects_.at(registry.index_of(event)).push_back(effect);
  };
  for (std::size_t a = 0; a < service.actors.size(); ++a) {
    const auto& actor = service.actors[a];
    first_.push_back(static_cast<std::uint16_t>(all_.size()));
    for (std::size_t place = 0; place < actor.deadlines.size(); ++place) {
      const auto& info = actor.deadlines[place];
      const auto index = static_cast<std::uint16_t>(all_.size());
      const auto tag = deadline_tag(actor, info);
      if (find(tag)) {
        throw std::invalid_argument("service " + service.name + ": actor " + std::string(actor.name) +
                                    " has two deadlines of the same event after the same event");
      }
      all_.push_back({static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(place), tag, &info});
      add(info.after, {index, true, info.after_keys == nullptr});
      add(info.event, {index, false, true});
      for (std::size_t i = 0; i < info.unless.size(); ++i) {
        add(info.unless[i], {index, false, i >= info.unless_keys.size() || info.unless_keys[i] == nullptr});
      }
    }
  }
  first_.push_back(static_cast<std::uint16_t>(all_.size()));
}

std::optional<std::uint16_t> deadline_rules::find(std::uint32_t tag) const noexcept {
  const auto found = std::find_if(all_.begin(), all_.end(), [tag](const auto& rule) { return rule.tag == tag; });
  return found != all_.end() ? std::optional(static_cast<std::uint16_t>(found - all_.begin())) : std::nullopt;
}

} // namespace reel::core
