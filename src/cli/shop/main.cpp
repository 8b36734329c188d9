// The shop's program: what a user's own main looks like, plus the demo, submissions, its simulation and its
// benchmarks.
#include "actors/shop.hpp"
#include "cli/demo/demo_command.hpp"
#include "cli/demo/demo_run.hpp"
#include "cli/demo/measured_shop.hpp"
#include "cli/demo/simulated_shop.hpp"

#include <reel/main.hpp>

int main(int argc, char** argv) {
  // A node's payments and parcels fail as often as the demo's, so that there is something to undo.
  const reel::demo::demo_options usual;
  return reel::main(argc, argv, shop::choreography({usual.payment_failures, usual.shipping_failures, usual.seed}),
                    {reel::demo::demo_command(&reel::demo::run_demo),
                     reel::demo::submit_command(&reel::demo::run_submit),
                     reel::simulate_command(reel::demo::simulated_shop()),
                     reel::cli::bench::bench_command(reel::demo::measured_shop())});
}
