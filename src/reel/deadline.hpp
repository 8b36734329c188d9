// Deadlines: what an entity publishes by itself when something has not come in time.
#pragma once

namespace reel {

/// The event that starts a deadline: one of the actor's own, or one that concerns the entity.
template <class Event>
struct after {};

/// The events that make a deadline pointless when they come in time. None: it passes in any case.
template <class... Events>
struct unless {};

/// A part of a flow: the entity publishes `Event` some time after `After`, unless one of `Unless` came before. The
/// event is one of the actor's own, so it has a fold, and the entity knows from then on that the time is over.
template <class Event, class After, class Unless = unless<>>
struct deadline {};

} // namespace reel
