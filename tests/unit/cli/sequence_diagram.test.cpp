#include "cli/sequence_diagram.hpp"

#include <doctest/doctest.h>

using namespace reel;
using namespace reel::cli;

namespace {

event_id id(std::uint64_t sequence) {
  return {journal_id{1}, frame_sequence{sequence}, 0};
}

timeline story() {
  timeline result;
  result.flow = "17";
  result.entries = {
      {.id = id(1), .service = "desk", .key = "17", .type = "trip.Asked"},
      {.id = id(2), .cause = id(1), .service = "hotel", .key = "room 4; sea", .type = "trip.Booked"},
      {.id = id(3), .cause = id(1), .service = "hotel", .key = "17", .type = "trip.Noted"},
      {.id = id(4), .cause = id(2), .service = "bank", .key = "17", .type = "trip.Refused", .failure = true},
      {.id = id(5), .cause = id(4), .service = "hotel", .key = "17", .type = "trip.Unbooked", .undoes = "trip.Booked"},
      {.id = id(6), .cause = id(5), .service = "bank", .key = "17", .type = "trip.Dropped", .terminal = true},
  };
  return result;
}

} // namespace

TEST_CASE("an event is an arrow to each service that reacted, once, and a note when nobody did") {
  CHECK(to_mermaid(diagram_of(story())) == "sequenceDiagram\n"
                                           "  participant s0 as desk\n"
                                           "  participant s1 as hotel\n"
                                           "  participant s2 as bank\n"
                                           "  s0->>s1: Asked\n"
                                           "  Note over s1: Noted\n"
                                           "  s1->>s2: Booked room 4#59; sea\n"
                                           "  s2-xs1: Refused\n"
                                           "  s1-->>s2: Unbooked\n"
                                           "  Note over s2: Dropped\n");
}

TEST_CASE("a story without events is an empty diagram") {
  CHECK(to_mermaid(diagram_of({})) == "sequenceDiagram\n");
}
