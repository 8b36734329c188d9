// The one place that includes CAF's headers, and the few calls of it that the runtime uses.
//
// Everything else in CAF (groups, streams, typed actors, function actors, request timeouts) is off limits: see
// ARCHITECTURE.md.
#pragma once

#include "runtime/messages.hpp"

#include <caf/all.hpp>

#include <chrono>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::attach_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::routed_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::journal_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::journal_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::append_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::meet_keeper)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::partition_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::partition_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::standing_by)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::take_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(reel::runtime::drain)

namespace reel::runtime {

/// Sends from inside an actor.
template <class Content>
void tell(caf::event_based_actor& self, const caf::actor& to, Content&& content) {
  self.send(to, std::forward<Content>(content));
}

/// Sends from any thread.
template <class Content>
void tell_from_outside(const caf::actor& to, Content&& content) {
  caf::anon_send(to, std::forward<Content>(content));
}

/// Sends after a delay; cannot be cancelled, so the receiver must tolerate a late one.
template <class Content>
void tell_later(caf::event_based_actor& self, std::chrono::nanoseconds delay, Content&& content) {
  self.delayed_send(caf::actor_cast<caf::actor>(&self), delay, std::forward<Content>(content));
}

/// Drops and counts what an actor does not understand, instead of CAF's print to standard output.
void drop_unknown(caf::event_based_actor& self);

} // namespace reel::runtime
