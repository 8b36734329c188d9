#include "cli/events_command.hpp"
#include "cli/state_command.hpp"
#include "cli/verify.hpp"
#include "memory_log.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;
using namespace reel::cli;
using namespace reel::test;

namespace {

/// Counts its events.
struct counter_table final : entity_table {
  std::map<std::string, int, std::less<>> states;
  int fresh = 0;

  const void* find(std::string_view key) const override {
    const auto found = states.find(key);
    return found == states.end() ? &fresh : &found->second;
  }
  bool contains(std::string_view key) const override {
    return states.find(key) != states.end();
  }
  void* touch(std::string_view key) override {
    return &states[std::string{key}];
  }
  void erase(std::string_view key) override {
    states.erase(std::string{key});
  }
  void clear() override {
    states.clear();
  }
  std::size_t size() const override {
    return states.size();
  }
  void for_each(const std::function<void(std::string_view, const void*)>& visit) const override {
    for (const auto& [key, state] : states)
      visit(key, &state);
  }
  void save(const void*, std::string&) const override {}
  bool load(std::string_view, std::string_view) override {
    return false;
  }
  std::string describe(const void* entity) const override {
    return "{\"count\":" + std::to_string(*static_cast<const int*>(entity)) + "}";
  }
};

void count_up(void* entity, const std::byte*) {
  ++*static_cast<int*>(entity);
}

/// Every flow ends once.
class ends_once final : public invariant {
public:
  std::string_view name() const override {
    return "terminal";
  }
  void observe(const fact& event) override {
    if (event.type->terminal)
      ++ends_[std::string{event.key}];
    else if (!exists(event.cause))
      ends_.try_emplace(std::string{event.key}, 0);
  }
  std::vector<violation> finish(bool quiescent) override {
    std::vector<violation> result;
    for (const auto& [key, count] : ends_)
      if (count > 1 || (count == 0 && quiescent))
        result.push_back({"terminal", "order " + key + " ended " + std::to_string(count) + " times", key});
    return result;
  }

private:
  std::map<std::string, int> ends_;
};

choreography_info choreography() {
  choreography_info info;
  info.name = "test";
  auto taken = test_event("t.Taken"), given_back = test_event("t.GivenBack"), done = test_event("t.Done"),
       failed = test_event("t.Failed");
  given_back.compensates = "t.Taken";
  given_back.compensates_id = taken.id;
  done.terminal = true;
  failed.failure = true;
  info.events = {test_event("t.Placed"), taken, given_back, failed, done};
  service_info stock;
  stock.name = "stock";
  actor_info counter;
  counter.name = "Counter";
  counter.folds = {
      {type_id("t.Taken"), &count_up}, {type_id("t.GivenBack"), &count_up}, {type_id("t.Done"), &count_up}};
  counter.ends = {type_id("t.Done")};
  counter.end_keys = {nullptr};
  counter.make_table = []() -> std::unique_ptr<entity_table> { return std::make_unique<counter_table>(); };
  stock.actors.push_back(std::move(counter));
  info.services.push_back(std::move(stock));
  info.sources.push_back({"intake", {type_id("t.Placed")}});
  info.invariants.push_back([] { return std::make_unique<ends_once>(); });
  return info;
}

/// Order 1 ends well, order 2 is undone.
struct two_orders {
  two_orders() {
    first = intake.publishes({"t.Placed", "1", "1"}).publishes({"t.Placed", "2", "2"}).seal(1000);
    auto second = first;
    second.index = 1;
    const auto taken = stock.handles(intake)
                           .publishes({"t.Taken", "1", "A", first})
                           .publishes({"t.Taken", "2", "A", second})
                           .publishes({"t.Failed", "2", "B", second})
                           .seal(2000);
    auto failed = taken;
    failed.index = 2;
    stock.handles(stock)
        .publishes({"t.Done", "1", "1", taken})
        .publishes({"t.GivenBack", "2", "A", failed})
        .publishes({"t.Done", "2", "2", failed})
        .seal(3000);
  }
  memory_log log;
  journal_writer intake{log, "intake"}, stock{log, "stock"};
  event_id first;
};

std::vector<std::string> printed(transport::log& log, const events_options& options) {
  std::vector<std::string> lines;
  const auto done = print_events(log, choreography(), options, [&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  });
  REQUIRE_MESSAGE(done.has_value(), done.error().what);
  return lines;
}

std::string error_of(const core::expected<std::string>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().what;
}

} // namespace

TEST_CASE("events: all of them, causes first, filtered by order, service and type") {
  two_orders run;
  CHECK(printed(run.log, {}).size() == 8);
  CHECK(printed(run.log, {.flow = "1"}).size() == 3);
  CHECK(printed(run.log, {.service = "intake"}).size() == 2);
  CHECK(printed(run.log, {.service = "stock/0"}).size() == 6);
  CHECK(printed(run.log, {.type = "Taken"}).size() == 2);
  CHECK(printed(run.log, {.flow = "2", .type = "t.Taken"}).size() == 1);
  const auto line = printed(run.log, {.flow = "2", .type = "GivenBack"}).at(0);
  CHECK(line.starts_with("1970-01-01T00:00:03.000000000Z  stock/0:3.1 "));
  CHECK(line.ends_with("because of stock/0:2.2"));
}

TEST_CASE("events as JSON are one object per line") {
  two_orders run;
  for (const auto& line : printed(run.log, {.json = true}))
    CHECK(nlohmann::json::parse(line).is_object());
  const auto object = nlohmann::json::parse(printed(run.log, {.type = "GivenBack", .json = true}).at(0));
  CHECK(object["journal"] == "stock/0");
  CHECK(object["sequence"] == 3);
  CHECK(object["index"] == 1);
  CHECK(object["service"] == "stock");
  CHECK(object["type"] == "t.GivenBack");
  CHECK(object["key"] == "A");
  CHECK(object["cause"] == "stock/0:2.2");
  CHECK(nlohmann::json::parse(printed(run.log, {.type = "Placed", .json = true}).at(0))["cause"].is_null());
}

TEST_CASE("events: a service or type that does not exist is an error that names those that do") {
  two_orders run;
  const auto print = [](std::string_view) { return true; };
  CHECK(print_events(run.log, choreography(), {.service = "stok"}, print)
            .error()
            .what.starts_with("no journal of service stok; there are: "));
  CHECK(print_events(run.log, choreography(), {.type = "Tken"}, print).error().what ==
        "no event type Tken; there are: Placed, Taken, GivenBack, Failed, Done");
}

TEST_CASE("events: following goes on until told to stop, and ends when nobody reads") {
  two_orders run;
  int waits = 0;
  std::size_t lines = 0;
  const auto done = print_events(
      run.log, choreography(), {.service = "intake", .follow = true},
      [&](std::string_view) {
        ++lines;
        return true;
      },
      [&] {
        run.intake.publishes({"t.Placed", "9", "9"}).seal(5000);
        return ++waits < 3;
      });
  CHECK(done.has_value());
  CHECK(lines == 4);
  lines = 0;
  CHECK(print_events(run.log, choreography(), {}, [&](std::string_view) { return ++lines < 2; }).has_value());
  CHECK(lines == 2);
}

TEST_CASE("state: an entity now and earlier") {
  two_orders run;
  const auto now = nlohmann::json::parse(entity_state(run.log, choreography(), {"stock", "counter", "A", ""}).value());
  CHECK(now["state"]["count"] == 3);
  CHECK(now["events"] == 3);
  CHECK(now["journal"] == "stock/0");
  CHECK(now["sequence"] == 3);
  CHECK(now["kind"] == "Counter");
  for (const char* at : {"2", "stock/0:2", "1970-01-01T00:00:02Z", "1970-01-01T00:00:02.999Z"}) {
    const auto then =
        nlohmann::json::parse(entity_state(run.log, choreography(), {"stock", "Counter", "A", at}).value());
    CHECK(then["state"]["count"] == 2);
    CHECK(then["sequence"] == 2);
  }
}

TEST_CASE("state: what is not there is said in one sentence") {
  two_orders run;
  const auto state = [&](state_options options) { return error_of(entity_state(run.log, choreography(), options)); };
  CHECK(state({"stok", "Counter", "A", ""}) == "no service stok; there are: stock");
  CHECK(state({"stock", "Count", "A", ""}) == "service stock has no actor Count; it has: Counter");
  CHECK(state({"stock", "Counter", "Z", ""}) == "Counter Z in journal stock/0 up to frame 3: it has no events");
  CHECK(state({"stock", "Counter", "A", "1"}) == "Counter A in journal stock/0 up to frame 1: it has no events");
  CHECK(state({"stock", "Counter", "1", ""}) == "Counter 1 in journal stock/0 up to frame 3: it ended with frame 3 and "
                                                "is forgotten; --at 2 shows the state before");
  CHECK(state({"stock", "Counter", "A", "intake/0:2"}) ==
        "--at intake/0:2: the entity is in journal stock/0, expected stock/0:SEQUENCE");
  CHECK(state({"stock", "Counter", "A", "yesterday"})
            .starts_with("--at yesterday: expected SEQUENCE, JOURNAL:SEQUENCE or a time"));
}

TEST_CASE("verify: a run without fault holds, and its statistics are told") {
  two_orders run;
  const auto result = verify(run.log, choreography(), {.quiescent = true});
  REQUIRE_MESSAGE(result.has_value(), result.error().what);
  CHECK(result->holds());
  CHECK(result->violations.empty());
  CHECK(result->events == 8);
  CHECK(result->frames == 5);
  REQUIRE(result->invariants.size() == 3);
  CHECK(result->invariants[0].name == "terminal");
  CHECK(result->invariants[1].name == "compensation");
  CHECK(result->invariants[2].name == "journals");
  const auto& statistics = *result->statistics;
  CHECK(statistics.compensations() == 1);
  CHECK(statistics.ended("t.Done") == 2);
  CHECK(statistics.count_of("t.Taken") == 2);
  const auto reasons = statistics.reasons("t.Done");
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].second + reasons[1].second == 2);
  CHECK((reasons[0].first == "t.Failed" || reasons[1].first == "t.Failed"));
  CHECK(statistics.latency().count() == 2);
  CHECK(statistics.latency().max() == 2'000'000'000);
  REQUIRE(statistics.plain_example().has_value());
  CHECK(statistics.plain_example()->flow == "1");
  REQUIRE(statistics.compensated_example().has_value());
  CHECK(statistics.compensated_example()->flow == "2");
  CHECK(statistics.compensated_example()->entries.size() == 5);
  CHECK(verify_text(*result, false).find("terminal       holds") != std::string::npos);
  CHECK(nlohmann::json::parse(verify_json(*result))["holds"] == true);
}

TEST_CASE("verify: a violation is told with the timeline of its order") {
  two_orders run;
  run.stock.publishes({"t.Done", "2", "2"}).seal(4000);
  const auto result = verify(run.log, choreography(), {.quiescent = true});
  REQUIRE(result.has_value());
  CHECK_FALSE(result->holds());
  REQUIRE(result->violations.size() == 1);
  CHECK(result->violations[0].what == "order 2 ended 2 times");
  REQUIRE(result->timelines.size() == 1);
  CHECK(result->timelines[0].entries.size() == 6);
  const auto text = verify_text(*result, false);
  CHECK(text.find("terminal       BROKEN, 1 violations") != std::string::npos);
  CHECK(text.find("Timeline of 2") != std::string::npos);
  CHECK(nlohmann::json::parse(verify_json(*result))["invariants"]["terminal"] == false);
}

TEST_CASE("verify: open flows are violations only when the run is over") {
  two_orders run;
  run.intake.publishes({"t.Placed", "3", "3"}).seal(4000);
  CHECK(verify(run.log, choreography(), {.quiescent = false})->holds());
  CHECK_FALSE(verify(run.log, choreography(), {.quiescent = true})->holds());
  // Nobody reacts to Placed here, so the run is over and order 3 is stuck.
  const auto found_out = verify(run.log, choreography());
  REQUIRE_MESSAGE(found_out.has_value(), found_out.error().what);
  CHECK(found_out->quiescent);
  CHECK_FALSE(found_out->holds());
  run.intake.builder.set_ingress({"file", 3, false});
  run.intake.seal(5000);
  CHECK_FALSE(verify(run.log, choreography())->quiescent);
}

TEST_CASE("verify: events that this program does not know are told") {
  two_orders run;
  run.stock.publishes({"t.Unheard", "2", "2"}).seal(4000);
  const auto result = verify(run.log, choreography(), {.quiescent = true});
  REQUIRE(result.has_value());
  CHECK_FALSE(result->holds());
  CHECK(result->violations.at(0).what == "1 events are of types that this program does not know");
}
