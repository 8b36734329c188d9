#include "core/graph_selection.hpp"

#include "small_choreography.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace reel;

namespace {

std::set<std::string_view> events_of(const core::choreography_graph& graph) {
  std::set<std::string_view> names;
  for (const auto& event : graph.events)
    names.insert(event.name);
  return names;
}

std::set<std::string_view> actors_of(const core::choreography_graph& graph) {
  std::set<std::string_view> names;
  for (const auto& actor : graph.actors)
    names.insert(actor.name);
  return names;
}

} // namespace

TEST_CASE("around a service: what it publishes and reacts to, and the other ends of that") {
  const auto trip = test::trip();
  const auto part = core::around_service(core::make_graph(trip.info()), "bank");
  CHECK(events_of(part) ==
        std::set<std::string_view>{"trip.Booked", "trip.Done", "trip.Refused", "trip.Unbooked", "trip.Dropped"});
  CHECK(actors_of(part) == std::set<std::string_view>{"Room", "Account"});
  std::set<std::string> reactions; // of Room only what publishes for the bank or reacts to it
  for (const auto& edge : part.edges)
    if (part.actors[edge.actor].name == "Room")
      reactions.insert(std::string(edge.reaction) + " " + std::string(part.events[edge.event].name));
  CHECK(reactions == std::set<std::string>{"book trip.Booked", "unbook trip.Refused", "unbook trip.Unbooked"});
}

TEST_CASE("around a source: who reacts to it") {
  const auto trip = test::trip();
  const auto part = core::around_service(core::make_graph(trip.info()), "desk");
  CHECK(events_of(part) == std::set<std::string_view>{"trip.Asked"});
  CHECK(actors_of(part) == std::set<std::string_view>{"desk", "Room"});
}

TEST_CASE("what may follow from a failure is its undoing, to the end") {
  const auto trip = test::trip();
  const auto part = core::following_event(core::make_graph(trip.info()), "trip.Refused");
  CHECK(events_of(part) == std::set<std::string_view>{"trip.Refused", "trip.Unbooked", "trip.Dropped"});
  CHECK(core::to_mermaid(part).find("trip_Refused[Refused]:::failure") != std::string::npos);
  CHECK(core::to_mermaid(part).find("-.->|undo Booked|") != std::string::npos);
}

TEST_CASE("what may follow from the first event is everything") {
  const auto trip = test::trip();
  const auto whole = core::make_graph(trip.info());
  CHECK(events_of(core::following_event(whole, "trip.Asked")) == events_of(whole));
}

TEST_CASE("nothing follows from a terminal event") {
  const auto trip = test::trip();
  CHECK(core::following_event(core::make_graph(trip.info()), "trip.Done").edges.empty());
}
