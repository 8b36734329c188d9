// Putting a program together: actors into services, services and sources into a choreography.
#pragma once

#include <reel/detail/describe_actor.hpp>
#include <reel/projection.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace reel {

namespace detail {
template <auto Function>
event_info describe_upcast(); // upcast.hpp
} // namespace detail

/// A service's description together with the event types that it names. Plain values: a service's translation unit
/// exports one.
struct described_service {
  service_info service;
  std::vector<event_info> events;
};

/// `reel::service("inventory").hosts<Stock>().hosts<Reservation>()`
class service {
public:
  explicit service(std::string name);
  service(const service&);
  service& operator=(const service&);
  ~service();

  /// Actors of one service share its partitions and journals.
  template <class Actor>
  service& hosts() {
    add(detail::describe_actor<Actor>());
    return *this;
  }

  /// How events of older versions are read, see upcast.hpp: `.upcasts<&with_currency>()`.
  template <auto... Functions>
  service& upcasts() {
    (described_.events.push_back(detail::describe_upcast<Functions>()), ...);
    return *this;
  }

  /// Something that reactions may use, see context::provided. Must be safe to use from several threads.
  template <class T>
  service& provides(std::shared_ptr<const T> value) {
    described_.service.provides.push_back({typeid(T), std::move(value)});
    return *this;
  }

  /// A finding of `check` that is known and meant: `code` and `where` as the check prints them, and why it may stay.
  service& accept(std::string code, std::string where, std::string reason) {
    described_.service.accepted.push_back({std::move(code), std::move(where), std::move(reason)});
    return *this;
  }

  /// How reactions that throw are tried again.
  service& retries(const retry_policy& policy) {
    described_.service.retries = policy;
    return *this;
  }
  /// The same for one reaction: `.retries<&Payment::charge>({.attempts = 10})`. Throws std::invalid_argument when the
  /// service hosts no such reaction.
  template <auto Function>
  service& retries(const retry_policy& policy) {
    using actor = typename detail::signature<std::remove_const_t<decltype(Function)>>::actor;
    set_retries(detail::type_name<actor>(), detail::function_name<Function>(), policy);
    return *this;
  }

  /// Limits of the effects.
  service& effects(const effect_policy& policy) {
    described_.service.effects = policy;
    return *this;
  }
  /// The same for one effect: `.effects<&Payment::charge>({.in_flight = 8})`. Throws std::invalid_argument when
  /// the service hosts no such effect.
  template <auto Call>
  service& effects(const effect_policy& policy) {
    set_effects(detail::function_name<Call>(), &detail::start_call<Call>, policy);
    return *this;
  }

  operator described_service() const; // implicit: `described_service stock_service() { return service(...)...; }`

private:
  void add(detail::actor_description&& actor);
  void set_retries(std::string_view actor, std::string_view reaction, const retry_policy& policy);
  void set_effects(std::string_view name, decltype(effect_info::start) call, const effect_policy& policy);

  described_service described_;
};

/// A source's description together with the event types that it names.
struct described_source {
  source_info source;
  std::vector<event_info> events;
};

/// `reel::source("intake").publishes<OrderCreated>()`
class source {
public:
  explicit source(std::string name) {
    described_.source.name = std::move(name);
  }
  template <class... Events>
  source& publishes() {
    constexpr bool all_events = (event<Events> && ...);
    static_assert(all_events, "reel: a source publishes events: mark the table with (event) in its schema");
    if constexpr (all_events) {
      (described_.source.publishes.push_back(event_traits<Events>::id), ...);
      (described_.events.push_back(info<Events>()), ...);
    }
    return *this;
  }
  /// Like service::upcasts.
  template <auto... Functions>
  source& upcasts() {
    (described_.events.push_back(detail::describe_upcast<Functions>()), ...);
    return *this;
  }
  operator described_source() const {
    return described_;
  }

private:
  described_source described_;
};

/// `reel::choreography("shop").from(intake).with(inventory()).projection<OrdersView>()`
class choreography {
public:
  explicit choreography(std::string name);

  choreography& from(const described_source& source);
  choreography& with(const described_service& service);
  /// What starts a flow, what ends it well, what ends it undone, and what people call it: `flows<OrderCreated,
  /// OrderCompleted, OrderCancelled>("order")`. The plural is the name with an s unless it is given.
  template <event Begins, event Completes, event Cancels>
  choreography& flows(std::string name, std::string plural = {}) {
    info_.flow = {name, plural.empty() ? name + "s" : std::move(plural), event_traits<Begins>::id,
                  event_traits<Completes>::id, event_traits<Cancels>::id};
    return *this;
  }
  template <class T, class... Args>
  choreography& projection(Args... args) {
    info_.projections.push_back([args...] { return std::make_unique<T>(args...); });
    return *this;
  }
  template <class T, class... Args>
  choreography& invariant(Args... args) {
    info_.invariants.push_back([args...] { return std::make_unique<T>(args...); });
    return *this;
  }

  /// Like service::accept, for a finding that belongs to no service in particular.
  choreography& accept(std::string code, std::string where, std::string reason) {
    info_.accepted.push_back({std::move(code), std::move(where), std::move(reason)});
    return *this;
  }

  operator choreography_info() const {
    return info_;
  }

private:
  void add_events(const std::vector<event_info>& events);

  choreography_info info_;
};

} // namespace reel
