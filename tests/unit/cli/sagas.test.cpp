#include "../core/small_choreography.hpp"
#include "cli/sagas_command.hpp"
#include "memory_log.hpp"
#include "runtime/saga_file.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <filesystem>

using namespace reel;
using namespace reel::cli;
using namespace reel::test;

namespace {

/// The trip, with events as the journals of these tests hold them: a desk asks, a hotel books, a bank charges or
/// refuses; when it refuses the hotel gives the room back and the bank closes.
choreography_info readable_trip() {
  auto info = trip().info();
  for (auto& event : info.events) {
    const auto written = test_event(event.name);
    event.verify = written.verify;
    event.key = written.key;
  }
  for (auto& service : info.services)
    for (auto& actor : service.actors)
      for (auto& reaction : actor.reactions)
        reaction.keys = [](const std::byte* payload, key_list& out) { out.view(key_of(payload)); };
  return info;
}

struct world {
  memory_log log;
  journal_writer desk{log, "desk"};
  journal_writer hotel{log, "hotel"};
  journal_writer bank{log, "bank"};
  choreography_info info = readable_trip();

  event_id ask(const char* key, int at = 1) {
    return desk.publishes({"trip.Asked", key, key}).seal(at);
  }
  event_id book(const char* key, event_id cause, int at = 2) {
    return hotel.handles(desk).publishes({"trip.Booked", key, key, cause}).seal(at);
  }
  event_id charge(const char* key, const char* outcome, event_id cause, int at = 3) {
    return bank.handles(hotel).publishes({outcome, key, key, cause}).seal(at);
  }
};

std::unique_ptr<saga_fold> folded(world& w, const std::filesystem::path& saved = {}) {
  auto fold = std::make_unique<saga_fold>(w.log, w.info);
  REQUIRE(fold->open(saved));
  REQUIRE(fold->advance());
  return fold;
}

timestamp at_ms(int ms) {
  return timestamp{std::chrono::milliseconds{ms}};
}

saga_overview overview(world& w, const sagas_options& options = {}, int now_ms = 1000) {
  return overview_of(*folded(w), options, at_ms(now_ms));
}

std::string name(const saga_fold& fold, core::type_index type) {
  return std::string{fold.ledger().map().registry().events()[type].name};
}

} // namespace

TEST_CASE("a saga under way: done, in progress with whom, still to do, nothing to undo") {
  world w;
  const auto asked = w.ask("17");
  w.book("17", asked);
  const auto fold = folded(w);
  const auto seen = overview_of(*fold, {}, at_ms(1000));
  REQUIRE(seen.sagas.size() == 1);
  const auto& saga = seen.sagas.front();
  CHECK(saga.content.key == "17");
  CHECK(saga.state == core::saga_state::running);
  REQUIRE(saga.done.size() == 2);
  CHECK(name(*fold, saga.done[1].first) == "trip.Booked");
  REQUIRE(saga.waiting.size() == 1);
  CHECK(saga.waiting[0].service == "bank");
  CHECK(saga.waiting[0].reaction == "charge");
  CHECK(saga.waiting[0].partitions == std::vector<std::string>{"bank/0"});
  REQUIRE(saga.to_do.size() == 1);
  CHECK(name(*fold, saga.to_do[0]) == "trip.Done");
  CHECK(saga.owed.empty());
}

TEST_CASE("a failed saga owes the undoing of its steps, until they are undone") {
  world w;
  const auto booked = w.book("17", w.ask("17"));
  const auto refused = w.charge("17", "trip.Refused", booked);
  {
    const auto fold = folded(w);
    const auto seen = overview_of(*fold, {}, at_ms(1000));
    REQUIRE(seen.sagas.size() == 1);
    const auto& saga = seen.sagas.front();
    CHECK(saga.state == core::saga_state::compensating);
    REQUIRE(saga.owed.size() == 1);
    CHECK(name(*fold, saga.owed[0].first) == "trip.Booked");
    CHECK(saga.owed[0].second == 1);
    CHECK(saga.owed_by == std::vector<std::string>{"hotel"});
    const auto text = sagas_text(*fold, seen, false);
    CHECK(text.find("1 open: 1 compensating; ended: none") == 0);
    CHECK(text.find("hotel/0 (unbook)") != std::string::npos);
    CHECK(text.find("Unbooked, Dropped") != std::string::npos);
    CHECK(saga_text(*fold, saga, at_ms(1000), false).find("undo owed    Booked by hotel") != std::string::npos);
  }
  const auto unbooked = w.hotel.handles(w.bank).publishes({"trip.Unbooked", "17", "17", refused}).seal(4);
  CHECK(overview(w).sagas.front().owed.empty());
  w.bank.handles(w.hotel).publishes({"trip.Dropped", "17", "17", unbooked}).seal(5);
  const auto fold = folded(w);
  CHECK(overview_of(*fold, {}, at_ms(1000)).open == 0);
  CHECK(fold->ledger().ended().size() == 1);
}

TEST_CASE("a saga that nobody will continue is stalled; one that somebody has yet to handle is not") {
  world w;
  const auto asked = w.ask("17");
  w.book("17", asked);
  w.bank.handles(w.hotel).seal(3); // handled, and nothing came of it
  w.ask("18", 5);
  CHECK(overview(w).open == 2);
  const auto failed = overview(w, {.failed = true});
  REQUIRE(failed.sagas.size() == 1);
  CHECK(failed.sagas[0].content.key == "17");
  CHECK(failed.sagas[0].state == core::saga_state::stalled);
  // Stuck is also who has been quiet for long.
  CHECK(overview(w, {.stuck = true}).matching == 1);
  CHECK(overview(w, {.stuck = true}, 40'000).matching == 2);
  CHECK(overview(w, {.stuck = true, .older_than = std::chrono::minutes{5}}, 40'000).matching == 1);
  CHECK(overview(w, {.correlation = "18"}).sagas.at(0).content.key == "18");
  CHECK(overview(w, {.compensating = true}).matching == 0);
  CHECK(overview(w, {.limit = 1}).sagas.size() == 1);
  CHECK(overview(w, {.limit = 1}).matching == 2);
}

TEST_CASE("a saga whose input is parked for good has failed, and says why") {
  world w;
  const auto booked = w.book("17", w.ask("17"));
  w.bank.handles(w.hotel).builder.add_pending({.event = booked,
                                               .type = type_id("trip.Booked"),
                                               .correlation = core::correlation_of("17"),
                                               .actor = "Account",
                                               .reaction = "charge",
                                               .key = "17",
                                               .error = "no such account",
                                               .attempts = 5,
                                               .dead = true,
                                               .payload = payload_of("17")});
  w.bank.seal(3);
  const auto fold = folded(w);
  const auto seen = overview_of(*fold, {}, at_ms(1000));
  REQUIRE(seen.sagas.size() == 1);
  CHECK(seen.sagas[0].state == core::saga_state::failed);
  CHECK(saga_text(*fold, seen.sagas[0], at_ms(1000), false).find("given up: no such account") != std::string::npos);
  const auto json = nlohmann::json::parse(sagas_json(*fold, seen));
  CHECK(json["sagas"][0]["parked"][0]["error"] == "no such account");
  CHECK(json["sagas"][0]["deadline"].is_null());
  CHECK(json["states"]["failed"] == 1);
}

TEST_CASE("an event along an edge that the choreography does not have is counted as drift") {
  world w;
  const auto asked = w.ask("17");
  w.book("17", asked);
  CHECK(folded(w)->ledger().drift().empty());
  w.bank.handles(w.desk).publishes({"trip.Done", "17", "17", asked}).seal(3);
  const auto fold = folded(w);
  CHECK(fold->ledger().drift().size() == 1);
  CHECK(sagas_text(*fold, overview_of(*fold, {}, at_ms(9)), false).find("drift: 1 events") != std::string::npos);
}

TEST_CASE("what a deadline publishes is no drift, though everybody has handled its cause long ago") {
  world w;
  w.info.services[1].actors[0].deadlines.push_back({type_id("trip.Dropped"), type_id("trip.Asked"), {}});
  const auto asked = w.ask("17");
  w.book("17", asked);
  w.bank.handles(w.hotel).publishes({"trip.Dropped", "17", "17", asked}).seal(900);
  const auto fold = folded(w);
  CHECK(fold->ledger().drift().empty());
  CHECK(overview_of(*fold, {}, at_ms(1000)).open == 0); // it is the same flow, and has ended
}

TEST_CASE("the fold goes on from what was saved, and starts over when that does not fit") {
  world w;
  const auto asked = w.ask("17");
  const auto folder = std::filesystem::temp_directory_path() / ("reel-sagas-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = runtime::saga_file(folder);
  REQUIRE(runtime::save_sagas(file, folded(w)->ledger()));
  w.book("17", asked);
  CHECK(folded(w, file)->frames() == 1);
  CHECK(overview_of(*folded(w, file), {}, at_ms(9)).sagas.at(0).done.size() == 2);
  SUBCASE("a damaged file") {
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  }
  SUBCASE("no file") {
    std::filesystem::remove(file);
  }
  SUBCASE("other journals") {
    world other;
    other.ask("1");
    other.ask("2");
    other.ask("3");
    REQUIRE(runtime::save_sagas(file, folded(other)->ledger()));
  }
  SUBCASE("another choreography") {
    world other;
    other.info.events[0].terminal = true;
    REQUIRE(runtime::save_sagas(file, folded(other)->ledger()));
  }
  CHECK(folded(w, file)->frames() == 5);
  CHECK(overview_of(*folded(w, file), {}, at_ms(9)).sagas.at(0).done.size() == 2);
  std::filesystem::remove_all(folder);
}

TEST_CASE("durations as people write them") {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  CHECK(parse_duration("30s") == seconds{30});
  CHECK(parse_duration("30") == seconds{30});
  CHECK(parse_duration("1.5m") == seconds{90});
  CHECK(parse_duration("250ms") == milliseconds{250});
  CHECK(parse_duration("2h") == seconds{7200});
  CHECK(parse_duration("1d") == seconds{86'400});
  for (const auto* wrong : {"", "s", "-1s", "1w", "1 s", "nan", "inf", "1e400d", "99999999999d"})
    CHECK_MESSAGE(!parse_duration(wrong).has_value(), wrong);
}
