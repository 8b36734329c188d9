#include "cli/coverage_command.hpp"
#include "cli/trace_command.hpp"
#include "memory_log.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;
using namespace reel::cli;
using namespace reel::test;

namespace {

/// A desk asks, a hotel books or refuses.
choreography_info inn() {
  choreography_info info;
  info.name = "inn";
  for (const auto* name : {"inn.Asked", "inn.Booked", "inn.Refused"})
    info.events.push_back(test_event(name));
  info.sources.push_back({"desk", {type_id("inn.Asked")}});
  actor_info room;
  room.name = "Room";
  reaction_info book;
  book.name = "book";
  book.input = type_id("inn.Asked");
  book.outputs = {type_id("inn.Booked"), type_id("inn.Refused")};
  room.reactions.push_back(book);
  info.services.push_back({"hotel", {room}, {}});
  return info;
}

/// The desk asks for each of `keys`, the hotel books.
void write(memory_log& log, std::initializer_list<const char*> keys) {
  journal_writer desk{log, "desk"};
  journal_writer hotel{log, "hotel"};
  for (const auto* key : keys) {
    const auto asked = desk.publishes({"inn.Asked", key, key}).seal(1);
    hotel.handles(desk).publishes({"inn.Booked", key, key, asked}).seal(2);
  }
}

coverage_report covered(std::initializer_list<memory_log*> logs) {
  const auto info = inn();
  const core::event_registry registry{info.events};
  edge_coverage coverage{info, registry};
  for (auto* log : logs)
    REQUIRE(cover(*log, registry, coverage));
  return coverage.report();
}

} // namespace

TEST_CASE("coverage says which edges ran and which never") {
  memory_log log;
  write(log, {"1", "2"});
  const auto report = covered({&log});
  REQUIRE(report.edges.size() == 3);
  CHECK(report.covered() == 2);
  CHECK(report.events == 4);
  CHECK(report.drift.empty());
  CHECK(report.edges[0].by == "desk");
  CHECK(report.edges[0].count == 2);
  CHECK(report.edges[1].by == "hotel.Room.book");
  CHECK(report.edges[1].count == 2);
  CHECK(report.edges[2].event == "inn.Refused");
  CHECK(report.edges[2].count == 0);
  const auto text = coverage_text("inn", report, false);
  CHECK(text.find("inn: 2 of 3 edges ran (66.7 %), 4 events") == 0);
  CHECK(text.find("never  Asked     -> Refused") != std::string::npos);
}

TEST_CASE("a deadline is an edge from the event that starts it") {
  auto info = inn();
  info.events.push_back(test_event("inn.Expired"));
  info.services[0].actors[0].deadlines.push_back({type_id("inn.Expired"), type_id("inn.Booked"), {}});
  memory_log log;
  journal_writer desk{log, "desk"};
  journal_writer hotel{log, "hotel"};
  const auto asked = desk.publishes({"inn.Asked", "1", "1"}).seal(1);
  const auto booked = hotel.handles(desk).publishes({"inn.Booked", "1", "1", asked}).seal(2);
  hotel.publishes({"inn.Expired", "1", "1", booked}).seal(3);
  const core::event_registry registry{info.events};
  edge_coverage coverage{info, registry};
  REQUIRE(cover(log, registry, coverage));
  const auto report = coverage.report();
  CHECK(report.drift.empty());
  REQUIRE(report.edges.size() == 4);
  CHECK(report.edges[3].by == "hotel.Room.deadline");
  CHECK(report.edges[3].count == 1);
}

TEST_CASE("coverage adds up several logs whose frames have the same places") {
  memory_log first;
  memory_log second;
  write(first, {"1"});
  write(second, {"2", "3"});
  CHECK(covered({&first, &second}).edges[1].count == 3);
}

TEST_CASE("an event along no edge is drift: from the wrong cause, from none, from an unknown one") {
  memory_log log;
  journal_writer desk{log, "desk"};
  journal_writer hotel{log, "hotel"};
  const auto asked = desk.publishes({"inn.Asked", "1", "1"}).seal(1);
  const auto booked = hotel.handles(desk).publishes({"inn.Booked", "1", "1", asked}).seal(2);
  hotel.publishes({"inn.Refused", "1", "1", booked}).publishes({"inn.Booked", "2", "2"}).seal(3);
  hotel.publishes({"inn.Older", "1", "1", booked}).seal(4);
  const auto report = covered({&log});
  REQUIRE(report.drift.size() == 3);
  CHECK(report.drift[0].cause == "inn.Booked");
  CHECK(report.drift[0].event == "inn.Refused");
  CHECK(report.drift[1].event == "an event that this program does not know");
  CHECK(report.drift[2].cause.empty());
  CHECK(report.drift[2].event == "inn.Booked");
  const auto json = nlohmann::json::parse(coverage_json(report));
  CHECK(json["drift"][2]["cause"].is_null());
  CHECK(json["drift"][2]["count"] == 1);
  CHECK(json["total"] == 3);
}

TEST_CASE("a trace has the places of its events, and an unknown key is an error") {
  memory_log log;
  write(log, {"1", "2"});
  const auto found = trace_flow(log, inn(), "2");
  REQUIRE(found);
  CHECK(found->story.entries.size() == 2);
  const auto json = nlohmann::json::parse(trace_json(*found));
  CHECK(json["flow"] == "2");
  CHECK(json["events"][1]["cause"] == "desk/0:3.0");
  CHECK(json["events"][1]["id"] == "hotel/0:3.0");
  CHECK(json["events"][0]["cause"].is_null());
  const auto missing = trace_flow(log, inn(), "9");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == core::errc::not_found);
}
