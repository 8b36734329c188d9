#include "cli/events_command.hpp"
#include "cli/state_command.hpp"
#include "cli/verify.hpp"
#include "shop_run.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;
using namespace reel::cli;
using namespace reel::test;

namespace {

const shop::shop_options trouble{.payment_failures = 0.1, .shipping_failures = 0.1, .seed = 3};
constexpr demo::synthetic_options orders{.orders = 400, .seed = 3, .cancellations_ppm = 100'000};

} // namespace

TEST_CASE("a run of the shop with every kind of failure keeps all its promises") {
  for (const std::uint32_t partitions : {1U, 3U}) {
    shop_run run{trouble, partitions};
    run.take_in(orders, 16);
    run.run_to_end();
    const auto result = verify(run.log, run.choreography);
    REQUIRE_MESSAGE(result.has_value(), result.error().what);
    CHECK(result->quiescent);
    CHECK(result->dead_letters == 0);
    CHECK_MESSAGE(result->holds(), verify_text(*result, false));
    const auto& statistics = *result->statistics;
    CHECK(statistics.ended("shop.orders.OrderCompleted") + statistics.ended("shop.orders.OrderCancelled") == 400);
    CHECK(statistics.ended("shop.orders.OrderCompleted") > 200);
    CHECK(statistics.ended("shop.orders.OrderCancelled") > 50);
    CHECK(statistics.compensations() > 50);
    CHECK(statistics.latency().count() == 400);
    REQUIRE(statistics.plain_example().has_value());
    REQUIRE(statistics.compensated_example().has_value());
    CHECK(statistics.reasons("shop.orders.OrderCancelled").size() >= 3);
  }
}

TEST_CASE("while a run goes on, its open orders are no violation and it is known not to be over") {
  shop_run run{trouble, 2};
  run.take_in(orders, 16);
  for (int i = 0; i < 3; ++i)
    run.step();
  const auto result = verify(run.log, run.choreography);
  REQUIRE_MESSAGE(result.has_value(), result.error().what);
  CHECK_FALSE(result->quiescent);
  CHECK_MESSAGE(result->holds(), verify_text(*result, false));
  CHECK_FALSE(verify(run.log, run.choreography, {.quiescent = true})->holds());
}

TEST_CASE("an order that lost its last frames is found") {
  shop_run run{trouble, 1};
  run.take_in(orders, 16);
  run.run_to_end();
  auto& frames = run.log.journals_.at(core::journal_id_of("orders/0")).frames;
  while (frames.back()->event_count() == 0)
    frames.pop_back();
  frames.pop_back();
  const auto result = verify(run.log, run.choreography, {.quiescent = true});
  // Either a later frame of another journal depends on the lost one, or its orders are open for ever.
  CHECK((!result.has_value() || !result->holds()));
}

TEST_CASE("all events of the shop are printed as valid JSON, and entities can be folded") {
  shop_run run{trouble, 2};
  run.take_in({.orders = 50, .seed = 1}, 10);
  run.run_to_end();
  std::size_t lines = 0;
  std::string sku;
  const auto done = print_events(run.log, run.choreography, {.json = true}, [&](std::string_view line) {
    ++lines;
    const auto event = nlohmann::json::parse(line);
    CHECK(event["payload"].is_object());
    CHECK_FALSE(event["key"].get<std::string>().empty());
    if (event["type"] == "shop.inventory.StockReserved")
      sku = event["key"];
    return true;
  });
  REQUIRE(done.has_value());
  CHECK(lines > 300);
  const auto state = entity_state(run.log, run.choreography, {"inventory", "Stock", sku, ""});
  REQUIRE_MESSAGE(state.has_value(), state.error().what);
  CHECK(nlohmann::json::parse(*state)["state"].is_object());
}
