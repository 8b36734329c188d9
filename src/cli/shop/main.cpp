// The shop's program: what a user's own main looks like, plus the demo, its simulation and its benchmarks.
#include "actors/shop.hpp"
#include "cli/demo/demo_command.hpp"
#include "cli/demo/demo_run.hpp"
#include "cli/demo/measured_shop.hpp"
#include "cli/demo/simulated_shop.hpp"
#include "cli/gateway/gateway_command.hpp"

#include <reel/main.hpp>

int main(int argc, char** argv) {
  return reel::main(argc, argv, shop::choreography(),
                    {reel::demo::demo_command(&reel::demo::run_demo), reel::demo::gateway_command(),
                     reel::simulate_command(reel::demo::simulated_shop()),
                     reel::cli::bench::bench_command(reel::demo::measured_shop())});
}
