#include "cli/coverage_command.hpp"
#include "shop_run.hpp"

#include <doctest/doctest.h>

using namespace reel;
using namespace reel::test;

TEST_CASE("the shop reaches every edge of its choreography, and drifts along none") {
  const auto choreography = shop::choreography();
  const core::event_registry registry{choreography.events};
  cli::edge_coverage coverage{choreography, registry};
  // Cancellations meet their orders at every stage.
  for (const std::size_t frames : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
    shop_run run{{.payment_failures = 0.1,
                  .shipping_failures = 0.1,
                  .seed = frames,
                  .unpaid = 0.1,
                  .time_to_pay = std::chrono::milliseconds(40)},
                 2};
    run.cancel_distance = frames;
    run.lag_percent = 50;
    run.away_percent = 5;
    run.take_in({200, frames, 300'000}, 5);
    run.run_to_end();
    REQUIRE(cli::cover(run.log, registry, coverage));
  }
  const auto report = coverage.report();
  CHECK_MESSAGE(report.percent() == 100, cli::coverage_text("shop", report, false));
  CHECK_MESSAGE(report.drift.empty(), cli::coverage_text("shop", report, false));
}
