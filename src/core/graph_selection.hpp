// Parts of a choreography graph that can be looked at alone: around one service, or what may follow from one event.
#pragma once

#include "core/graph.hpp"

#include <string_view>

namespace reel::core {

/// The actors of one service or source with all that they publish and react to, who publishes that, and who reacts
/// to it. Without ends of entities: nothing follows from them.
[[nodiscard]] choreography_graph around_service(const choreography_graph& graph, std::string_view service);

/// What may follow from an event, by its qualified name: its reactions, what they publish, the reactions to that, ...
[[nodiscard]] choreography_graph following_event(const choreography_graph& graph, std::string_view event);

} // namespace reel::core
