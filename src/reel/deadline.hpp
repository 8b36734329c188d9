// Deadlines: what an entity publishes by itself when something has not come in time.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace reel {

/// A constant time, as a template's argument: `after<Reserved, 15min>`.
struct constant_time {
  std::int64_t nanoseconds = 0;
};

/// How long an entity waits: a constant, or a member function that says it for each entity.
template <class How>
struct waiting_time {
  How how;
  constexpr waiting_time(How given) : how(given) {} // NOLINT: implicit, so that `after<Event, &Actor::fn>` reads well
};
template <>
struct waiting_time<constant_time> {
  constant_time how;
  template <class Count, class Unit>
  constexpr waiting_time(std::chrono::duration<Count, Unit> time)
      : how{std::chrono::duration_cast<std::chrono::nanoseconds>(time).count()} {}
};
template <class Count, class Unit>
waiting_time(std::chrono::duration<Count, Unit>) -> waiting_time<constant_time>;
template <class How>
waiting_time(How) -> waiting_time<How>;

/// The event that starts a deadline, one of the actor's own or one that concerns the entity, and the time from then on:
///
///   after<InventoryReserved, 15min>                     a constant
///   after<InventoryReserved, &Payment::time_to_pay>     `auto time_to_pay(const InventoryReserved&[, const context&])
///                                                       const` returns a duration, or the moment itself (timestamp)
///
/// The function is asked when the event is handled or published, with the state from before it. When the event comes
/// again, the time begins anew.
template <class Event, waiting_time Time>
struct after {};

/// The events that stop a deadline: own ones as soon as they are published, others when they arrive. None: it passes in
/// any case.
template <class... Events>
struct unless {};

/// Builds the event of a deadline: `all<Event> fn(const context&) const`. Not needed for an event that has its key and
/// otherwise only fields that may stay as the schema says.
template <auto Function>
struct by {};

/// A part of a flow: the entity publishes `Event` some time after `After`, unless one of `Unless` has come meanwhile.
/// The event is one of the actor's own, so it has a fold, and the entity knows from then on that the time is over.
///
///   deadline<PaymentTimedOut, after<InventoryReserved, 15min>, unless<PaymentProcessed, PaymentFailed>>
///
/// The time is journaled: it survives a restart, and passes late rather than never. An entity that ends (`until`) stops
/// its deadlines.
template <class Event, class After, class Unless = unless<>, class By = void>
struct deadline {};

} // namespace reel
