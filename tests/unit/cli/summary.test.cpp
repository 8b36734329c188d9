#include "cli/summary.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;
using namespace reel::cli;

namespace {

constexpr auto intake = journal_id{1};
constexpr auto inventory = journal_id{2};

timeline compensated_order() {
  using std::chrono::microseconds;
  const timestamp start{std::chrono::seconds{1000}};
  const event_id created{intake, frame_sequence{5}, 0}, reserved{inventory, frame_sequence{9}, 0},
      shorted{inventory, frame_sequence{9}, 1}, released{inventory, frame_sequence{12}, 3};
  return {
      .flow = "17",
      .entries = {{.id = created, .time = start, .service = "intake", .key = "17", .type = "shop.orders.OrderCreated"},
                  {.id = reserved,
                   .cause = created,
                   .time = start + microseconds{1500},
                   .service = "inventory",
                   .key = "KETTLE",
                   .type = "shop.inventory.StockReserved"},
                  {.id = shorted,
                   .cause = created,
                   .time = start + microseconds{1500},
                   .service = "inventory",
                   .key = "a key that is longer than there is room",
                   .type = "shop.inventory.StockShort",
                   .failure = true},
                  {.id = released,
                   .cause = shorted,
                   .time = start + microseconds{12'340},
                   .service = "inventory",
                   .key = "KETTLE",
                   .type = "shop.inventory.StockReleased",
                   .undoes = "shop.inventory.StockReserved"}}};
}

run_report sample() {
  run_report report;
  report.title = "20000 generated orders, seed 1";
  report.flow = "order";
  report.plural = "orders";
  report.directory = "/var/lib/reel";
  report.durability = "fsync";
  report.flows = 20'000;
  report.completed = 18'000;
  report.cancelled = 2000;
  report.cancelled_because = {{"payment_declined", 1500}, {"out of stock", 500}};
  report.events = 180'000;
  report.compensations = 4000;
  report.events_by_type = {{"shop.orders.OrderCreated", 20'000}};
  report.seconds = 0.5;
  report.flows_ended_now = 20'000;
  report.events_now = 180'000;
  report.latency_ms = {1.25, 3, 4.5, 9};
  report.disk_bytes = 20'000'000;
  report.peak_rss_bytes = 90'000'000;
  report.rejected_lines = 7;
  report.rejected_flows = 2;
  for (std::uint64_t line = 1; line <= 7; ++line)
    report.rejected_first.push_back({line, "column quantity: zero"});
  report.checked = true;
  report.invariants = {{.name = "stock"}, {.name = "money"}, {.name = "terminal"}, {.name = "compensation"}};
  report.timelines = {{"Order 17, cancelled", compensated_order()}};
  return report;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the timeline says who did what, when, because of what") {
  CHECK(render(compensated_order(), false) == "   +0.0 ms  intake     OrderCreated   17\n"
                                              "   +1.5 ms  inventory  StockReserved  KETTLE                            "
                                              "              because of OrderCreated (17)\n"
                                              "   +1.5 ms  inventory  StockShort     a key that is longer ...  failure "
                                              "              because of OrderCreated (17)\n"
                                              "  +12.3 ms  inventory  StockReleased  KETTLE                    undoes "
                                              "StockReserved  because of StockShort (a key that is "
                                              "longer ...)\n");
  CHECK(render(timeline{}, true).empty());
  CHECK(contains(render(compensated_order(), true), "\x1b[31m"));
}

TEST_CASE("the summary tells what happened") {
  const auto text = summary_text(sample(), false);
  CHECK(contains(text, "20000 generated orders, seed 1"));
  CHECK(contains(text, "18,000   90.0 %"));
  CHECK(contains(text, "1,500    7.5 %  payment declined"));
  CHECK(contains(text, "0.50 s: 40,000 orders/s, 360,000 events/s"));
  CHECK(contains(text, "p50 1.2 ms, p95 3.0 ms, p99 4.5 ms"));
  CHECK(contains(text, "20.0 MB, 1,000 bytes per order (durability fsync)"));
  CHECK(contains(text, "7 lines of the input were rejected, and 2 orders with all their lines"));
  CHECK(contains(text, "line 5: column quantity: zero\n    ... and 2 more"));
  CHECK(contains(text, "stock          holds"));
  CHECK(contains(text, "Order 17, cancelled"));
  CHECK_FALSE(contains(text, "\x1b"));
  CHECK_FALSE(contains(text, "dead letters"));
  CHECK_FALSE(contains(text, "not ended"));
  CHECK(contains(summary_text(sample(), true), "\x1b[32mholds"));
}

TEST_CASE("what went wrong stands out") {
  auto report = sample();
  report.invariants[1] = {
      .name = "money", .holds = false, .violations = {"order 3: charged twice"}, .violation_count = 9};
  report.dead_letters = 3;
  report.completed = 17'000;
  report.interrupted = true;
  const auto text = summary_text(report, false);
  CHECK(contains(text, "money          BROKEN, 9 times\n      order 3: charged twice"));
  CHECK(contains(text, "dead letters             3"));
  CHECK(contains(text, "not ended            1,000    5.0 %"));
  CHECK(contains(text, "stopped before all orders ended"));
  CHECK_FALSE(report.invariants_hold());
}

TEST_CASE("a run that was stopped does not say that nothing ended well") {
  auto report = sample();
  report.interrupted = true;
  report.completed = report.cancelled = 0;
  report.flows_ended_now = 1234;
  report.latency_ms = {};
  const auto text = summary_text(report, false);
  CHECK(contains(text, "ended by now         1,234"));
  CHECK_FALSE(contains(text, "completed"));
  CHECK_FALSE(contains(text, "latency"));
}

TEST_CASE("the JSON form is one object with all that programs ask for") {
  auto report = sample();
  report.directory = "broken \xff name";
  report.invariants[0].holds = false;
  const auto text = summary_json(report);
  CHECK(text.find('\n') == std::string::npos);
  const auto object = nlohmann::json::parse(text);
  CHECK(object["orders"] == 20'000);
  CHECK(object["completed"] == 18'000);
  CHECK(object["cancelled"] == 2000);
  CHECK(object["dead_letters"] == 0);
  CHECK(object["events"] == 180'000);
  CHECK(object["compensations"] == 4000);
  CHECK(object["seconds"] == 0.5);
  CHECK(object["orders_per_second"] == 40'000);
  CHECK(object["events_per_second"] == 360'000);
  CHECK(object["latency_ms"]["p50"] == 1.25);
  CHECK(object["latency_ms"]["p95"] == 3);
  CHECK(object["latency_ms"]["p99"] == 4.5);
  CHECK(object["disk_bytes"] == 20'000'000);
  CHECK(object["peak_rss_bytes"] == 90'000'000);
  CHECK(object["rejected_lines"] == 7);
  CHECK(object["recovered"] == false);
  CHECK(object["invariants"] ==
        nlohmann::json{{"stock", false}, {"money", true}, {"terminal", true}, {"compensation", true}});
}

TEST_CASE("an empty report is told as well") {
  CHECK(contains(summary_text(run_report{}, false), "flows"));
  CHECK(nlohmann::json::parse(summary_json(run_report{}))["flows_per_second"] == 0);
}
