#include "core/routing.hpp"

#include "core/hash.hpp"

#include <algorithm>

namespace reel::core {

router::router(const service_info& service, const event_registry& registry, std::uint32_t partitions)
    : registry_(&registry), partitions_(partitions), by_type_(registry.events().size()) {
  for (std::size_t actor = 0; actor < service.actors.size(); ++actor) {
    const auto& info = service.actors[actor];
    add_deadlines(info, static_cast<std::uint16_t>(actor)); // before the reactions: what these publish may stop them
    for (std::size_t reaction = 0; reaction < info.reactions.size(); ++reaction) {
      const auto& r = info.reactions[reaction];
      if (r.effect) { // started by the partition itself
        continue;
      }
      by_type_.at(registry.index_of(r.input))
          .push_back({static_cast<std::uint16_t>(actor), static_cast<std::uint16_t>(reaction), r.keys});
    }
    for (std::size_t end = 0; end < info.ends.size(); ++end) {
      if (info.end_keys[end] != nullptr) { // after the reactions: they still see the entity
        by_type_.at(registry.index_of(info.ends[end]))
            .push_back({static_cast<std::uint16_t>(actor), delivery::entity_ends, info.end_keys[end]});
      }
    }
  }
}

void router::add_deadlines(const actor_info& info, std::uint16_t actor) {
  const auto subscribe = [&](event_type_id event, void (*keys)(const std::byte*, key_list&)) {
    auto& all = by_type_.at(registry_->index_of(event));
    const auto is_there = [&](const subscription& s) { return s.actor == actor && s.reaction == delivery::deadlines; };
    if (keys != nullptr && std::none_of(all.begin(), all.end(), is_there)) {
      all.push_back({actor, delivery::deadlines, keys});
    }
  };
  for (const auto& deadline : info.deadlines) {
    subscribe(deadline.after, deadline.after_keys);
    for (std::size_t i = 0; i < deadline.unless_keys.size(); ++i) {
      subscribe(deadline.unless[i], deadline.unless_keys[i]);
    }
  }
}

bool router::wants(event_type_id type) const noexcept {
  const auto index = registry_->index_of(type);
  return index < by_type_.size() && !by_type_[index].empty();
}

bool router::wants(std::span<const event_type_id> types) const {
  return std::any_of(types.begin(), types.end(), [this](event_type_id type) { return wants(type); });
}

std::vector<std::shared_ptr<routed_frame>> router::route(const std::shared_ptr<const frame>& source) {
  std::vector<std::shared_ptr<routed_frame>> out(partitions_);
  for (auto& routed : out) {
    routed = std::make_shared<routed_frame>();
    routed->source = source;
  }
  const auto count = static_cast<std::uint32_t>(source->event_count());
  for (std::uint32_t i = 0; i < count; ++i) {
    route_event(*source, i, out);
  }
  return out;
}

void router::route_event(const frame& source, std::uint32_t index, std::vector<std::shared_ptr<routed_frame>>& out) {
  const auto event = source.event(index);
  const auto type = registry_->index_of(event.type);
  if (type >= by_type_.size() || by_type_[type].empty()) {
    return;
  }
  void (*last_keys)(const std::byte*, key_list&) = nullptr;
  for (const auto& s : by_type_[type]) {
    if (s.keys != last_keys) { // actors of a service often share the default key
      keys_.clear();
      s.keys(event.payload.data(), keys_);
      last_keys = s.keys;
    }
    for (const auto key : keys_.keys()) {
      auto& target = *out[partition_of(key, partitions_)];
      const auto* begin = reinterpret_cast<const char*>(event.payload.data());
      const bool is_view = key.data() >= begin && key.data() + key.size() <= begin + event.payload.size();
      const auto stable = is_view ? key : std::string_view(target.computed_keys.emplace_back(key));
      target.deliveries.push_back({index, s.actor, s.reaction, stable});
    }
  }
}

std::vector<event_type_id> published_types(const service_info& service) {
  std::vector<event_type_id> types;
  for (const auto& actor : service.actors) {
    for (const auto& reaction : actor.reactions) {
      types.insert(types.end(), reaction.outputs.begin(), reaction.outputs.end());
    }
    for (const auto& deadline : actor.deadlines) {
      types.push_back(deadline.event);
    }
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

} // namespace reel::core
