#include <reel/service.hpp>

#include <algorithm>
#include <stdexcept>

namespace reel {

service::service(std::string name) {
  described_.service.name = std::move(name);
}
service::service(const service&) = default;
service& service::operator=(const service&) = default;
service::~service() = default;

service::operator described_service() const {
  return described_;
}

void service::add(detail::actor_description&& actor) {
  described_.service.actors.push_back(std::move(actor.actor));
  described_.events.insert(described_.events.end(), actor.events.begin(), actor.events.end());
}

void service::set_retries(std::string_view actor, std::string_view reaction, const retry_policy& policy) {
  for (auto& a : described_.service.actors) {
    for (auto& r : a.reactions) {
      if (a.name == actor && r.name == reaction) {
        r.retries = policy;
        return;
      }
    }
  }
  throw std::invalid_argument("service " + described_.service.name + " hosts no reaction " + std::string(actor) + "." +
                              std::string(reaction) + "; host its actor before its retries are set");
}

void service::set_effects(std::string_view name, decltype(effect_info::start) call, const effect_policy& policy) {
  bool found = false;
  for (auto& a : described_.service.actors) {
    for (auto& r : a.reactions) {
      if (r.effect && r.effect->start == call) {
        r.effect->policy = policy;
        found = true;
      }
    }
  }
  if (!found) {
    throw std::invalid_argument("service " + described_.service.name + " hosts no effect " + std::string(name) +
                                "; host its actor before its limits are set");
  }
}

choreography::choreography(std::string name) {
  info_.name = std::move(name);
}

choreography& choreography::from(const described_source& source) {
  info_.sources.push_back(source.source);
  add_events(source.events);
  return *this;
}

choreography& choreography::with(const described_service& service) {
  info_.services.push_back(service.service);
  add_events(service.events);
  return *this;
}

// Many signatures name the same event; each brings the upcasts that were registered with it.
void choreography::add_events(const std::vector<event_info>& events) {
  auto& all = info_.events;
  for (const auto& event : events) {
    const auto place = std::lower_bound(all.begin(), all.end(), event.name,
                                        [](const event_info& e, std::string_view name) { return e.name < name; });
    if (place == all.end() || place->name != event.name) {
      all.insert(place, event);
    } else {
      for (const auto& upcast : event.upcasts) {
        const auto same = [&](const upcast_info& u) { return u.from == upcast.from && u.run == upcast.run; };
        if (std::none_of(place->upcasts.begin(), place->upcasts.end(), same)) {
          place->upcasts.push_back(upcast);
        }
      }
    }
  }
}

} // namespace reel
