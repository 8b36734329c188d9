// An order whose undoing is parked is neither fine nor broken: it is waiting for compensation.
#include "cli/verify.hpp"
#include "shop_run.hpp"

#include <shop/payment_events.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;
using namespace reel::cli;
using namespace reel::test;

namespace {

/// The shelf of the first order that is to be given back is locked. Nobody pays, so all are.
struct locked_shelf {
  locked_shelf() {
    run.interpose("inventory", [this](const core::delivery& d, const core::event_view& event) {
      if (event.type != event_traits<shop::payment::PaymentFailed>::id || !locked)
        return;
      if (order.empty())
        order = d.key;
      if (order == d.key)
        throw std::runtime_error("the shelf is locked");
    });
    run.take_in({.orders = 20, .seed = 3}, 16);
  }
  [[nodiscard]] verify_result verified(const verify_options& options = {}) {
    auto result = verify(run.log, run.choreography, options);
    REQUIRE_MESSAGE(result.has_value(), result.error().what);
    return std::move(*result);
  }

  bool locked = true;
  std::string order;
  shop_run run{{.payment_failures = 1.0, .seed = 3}, 1};
};

} // namespace

TEST_CASE_FIXTURE(locked_shelf, "an order whose undoing was given up is waiting for compensation") {
  run.run_to_end();
  const auto result = verified();
  CHECK(result.dead_letters == 1);
  REQUIRE(result.waiting.size() == 1);
  const auto& waiting = result.waiting.front();
  CHECK(waiting.flow == order);
  CHECK(waiting.service == "inventory");
  CHECK(waiting.actor == "Reservation");
  CHECK(waiting.reaction == "release_unpaid");
  CHECK(waiting.error == "the shelf is locked");
  CHECK(waiting.attempts == 5);
  CHECK(waiting.given_up);
  CHECK_FALSE(result.quiescent); // somebody has to decide, so the run is not over
  CHECK_MESSAGE(result.holds(), verify_text(result, false));
  const auto text = verify_text(result, false);
  CHECK(text.find("1 order is waiting for compensation\n  " + order +
                  ": inventory.Reservation.release_unpaid given up after 5 attempts: the shelf is locked\n") !=
        std::string::npos);
  const auto json = nlohmann::json::parse(verify_json(result));
  CHECK(json["waiting_for_compensation"][0]["flow"] == order);
  CHECK(json["waiting_for_compensation"][0]["given_up"] == true);
  CHECK_FALSE(verified({.quiescent = true}).holds()); // who says that it is over is told what is missing
}

TEST_CASE_FIXTURE(locked_shelf, "while it is tried again it waits as well, and when it is undone it does not") {
  for (int i = 0; i < 40; ++i)
    run.step();
  auto result = verified();
  REQUIRE(result.waiting.size() == 1);
  CHECK_FALSE(result.waiting.front().given_up);
  CHECK(verify_text(result, false).find("to be tried again after") != std::string::npos);
  locked = false;
  run.run_to_end();
  result = verified();
  CHECK(result.waiting.empty());
  CHECK(result.quiescent);
  CHECK_MESSAGE(result.holds(), verify_text(result, false));
  CHECK(verify_text(result, false).find("waiting for compensation") == std::string::npos);
}
