// What is plainly wrong with a choreography: faults that its signatures and schemas alone give away.
#pragma once

#include <reel/descriptor.hpp>

#include <string>
#include <vector>

namespace reel::core {

enum class severity {
  fault,   ///< the choreography does not do what its schemas promise
  warning, ///< suspicious, but may be meant
};

struct finding {
  severity how_bad = severity::fault;
  std::string code;  ///< stable, kebab-case: "event-unhandled"
  std::string where; ///< an event, or "inventory.Stock.reserve"
  std::string text;  ///< a sentence: what is wrong and what to add
};

/// Findings in the order of their codes below, each by name:
///
///   duplicate-name            two services, sources or actors of a service have one name, or two events one type id
///   event-unknown             a reaction, a source or an actor names an event type that has no schema
///   event-published-twice     two actors publish one event type, though an event belongs to one kind of entity
///   event-unhandled           nobody reacts to an event that is neither terminal nor internal
///   event-unpublished         somebody reacts to an event that nobody publishes
///   compensates-unknown       an event compensates one that the choreography does not know or publish
///   compensation-without-undo an event compensates a step, but no `undo<>` of that step publishes it
///   compensation-unreachable  no failure leads to any undo of the step
///
/// This is reachability, not proof: a step counts as undone when some failure may lead to its undo.
[[nodiscard]] std::vector<finding> check(const choreography_info& choreography);

/// True when there is no fault; warnings may be there.
[[nodiscard]] bool is_sound(const std::vector<finding>& findings) noexcept;

} // namespace reel::core
