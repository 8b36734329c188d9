// Choreographies written down in a few lines, for tests of what looks at their graph.
#pragma once

#include "core/hash.hpp"

#include <reel/descriptor.hpp>

#include <initializer_list>
#include <string_view>

namespace reel::test {

/// `small_choreography{}.event("a.Ordered").source("shop", {"a.Ordered"}).actor("stock", "Shelf", {...})`. Names are
/// views and must outlive it.
class small_choreography {
public:
  struct reaction {
    std::string_view name;
    std::string_view input;
    std::initializer_list<std::string_view> outputs;
    std::string_view undoes = {};
    arity how = arity::one_of;
  };

  small_choreography() {
    info_.name = "small";
  }
  small_choreography& event(std::string_view name) {
    event_info info;
    info.name = name;
    info.id = id_of(name);
    info_.events.push_back(info);
    return *this;
  }
  small_choreography& failure(std::string_view name) {
    event(name);
    info_.events.back().failure = true;
    return *this;
  }
  small_choreography& terminal(std::string_view name) {
    event(name);
    info_.events.back().terminal = true;
    return *this;
  }
  small_choreography& undoing(std::string_view name, std::string_view step) {
    event(name);
    info_.events.back().compensates = step;
    info_.events.back().compensates_id = id_of(step);
    return *this;
  }
  small_choreography& source(std::string_view name, std::initializer_list<std::string_view> publishes) {
    info_.sources.push_back({std::string(name), {}});
    for (const auto event : publishes)
      info_.sources.back().publishes.push_back(id_of(event));
    return *this;
  }
  /// In the last service when it has this name, otherwise in a new one.
  small_choreography& actor(std::string_view service, std::string_view name,
                            std::initializer_list<reaction> reactions) {
    if (info_.services.empty() || info_.services.back().name != service)
      info_.services.push_back({std::string(service), {}, {}});
    actor_info actor;
    actor.name = name;
    for (const auto& given : reactions) {
      reaction_info info;
      info.name = given.name;
      info.input = id_of(given.input);
      info.outputs_arity = given.how;
      for (const auto output : given.outputs)
        info.outputs.push_back(id_of(output));
      info.undoes = given.undoes.empty() ? event_type_id{} : id_of(given.undoes);
      actor.reactions.push_back(std::move(info));
    }
    info_.services.back().actors.push_back(std::move(actor));
    return *this;
  }

  [[nodiscard]] const choreography_info& info() const noexcept {
    return info_;
  }
  [[nodiscard]] static event_type_id id_of(std::string_view name) {
    return event_type_id{static_cast<std::uint32_t>(core::xxh3(name))};
  }

private:
  choreography_info info_;
};

/// A trip of two steps that may fail at the second: the first is undone then.
inline small_choreography trip() {
  small_choreography trip;
  trip.event("trip.Asked")
      .event("trip.Booked")
      .failure("trip.Refused")
      .terminal("trip.Done")
      .terminal("trip.Dropped")
      .undoing("trip.Unbooked", "trip.Booked")
      .source("desk", {"trip.Asked"})
      .actor("hotel", "Room",
             {{"book", "trip.Asked", {"trip.Booked"}}, {"unbook", "trip.Refused", {"trip.Unbooked"}, "trip.Booked"}})
      .actor("bank", "Account",
             {{"charge", "trip.Booked", {"trip.Done", "trip.Refused"}}, {"close", "trip.Unbooked", {"trip.Dropped"}}});
  return trip;
}

} // namespace reel::test
