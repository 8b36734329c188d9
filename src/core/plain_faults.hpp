// What is plainly wrong with a choreography: faults that its signatures and schemas give away one by one.
#pragma once

#include "core/finding.hpp"

#include <reel/descriptor.hpp>

#include <vector>

namespace reel::core {

/// Findings in the order of their codes, each by name; docs/check.md explains each with an example:
///
///   duplicate-name            two services, sources or actors of a service have one name, or two events one type id
///   event-unknown             a reaction, a source or an actor names an event type that has no schema
///   event-published-twice     two actors publish one event type, though an event belongs to one kind of entity
///   event-unhandled           nobody reacts to an event that is neither terminal nor internal
///   event-unpublished         somebody waits for an event that nobody publishes
///   compensates-unknown       an event compensates one that the choreography does not know or publish
///   compensation-without-undo an event compensates a step, but no `undo<>` of that step publishes it
///   compensation-by-reaction  a reaction publishes a compensation, but is not declared as an undo
///   field-optional            somebody reacts to an event with a field that may be absent
///   upcast-missing            nothing turns an older version of an event into a later one
///   upcast-twice              several upcasts begin with the same version of an event
[[nodiscard]] std::vector<finding> find_plain_faults(const choreography_info& choreography);

} // namespace reel::core
