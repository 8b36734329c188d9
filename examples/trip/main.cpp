// The trips' program.
#include "trip/choreography.hpp"
#include "trip/travellers.hpp"

#include <reel/demo.hpp>
#include <reel/options.hpp>
#include <reel/simulate.hpp>

#include <memory>

namespace {

reel::command demo() {
  const auto settings = std::make_shared<reel::demo_settings>();
  const auto travel = std::make_shared<trip::travel_options>();
  const auto member = [&](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(travel, &value); };
  reel::command result;
  result.name = "demo";
  result.description = "Book trips of a flight, a hotel and a car, all or nothing, with a summary at the end";
  result.options = reel::demo_run_options(settings, "trips");
  result.options.insert(
      result.options.begin(),
      {reel::count_option("--trips", "How many travellers ask (default 20000)", member(travel->trips), 1,
                          trip::trips_max),
       reel::share_option("--seats-missing", "Share of the seats that are missing (default 2%)",
                          member(travel->seats_missing)),
       reel::share_option("--rooms-missing", "Share of the rooms (default 2%)", member(travel->rooms_missing)),
       reel::share_option("--cars-missing", "Share of the cars (default 2%)", member(travel->cars_missing)),
       reel::count_option("--seed", "Another seed makes other travellers (default 1)", member(travel->seed))});
  result.starts = true;
  result.run = [settings, travel] {
    reel::demo_input input;
    input.choreography = trip::choreography();
    input.title = std::to_string(travel->trips) + " trips, seed " + std::to_string(travel->seed);
    input.source = "desk";
    input.total = travel->trips;
    input.make_feed = [travel](reel::feed_pace pace) { return trip::travellers(*travel, std::move(pace)); };
    return reel::run_demo(*settings, std::move(input));
  };
  return result;
}

reel::simulated_program simulated_trips() {
  return {"trips", 20, [](std::uint64_t seed, std::uint64_t trips) {
            trip::travel_options travel;
            travel.trips = trips;
            travel.seed = seed;
            travel.seats_missing = static_cast<double>(seed % 7) / 20;
            travel.rooms_missing = static_cast<double>(seed % 5) / 20;
            travel.cars_missing = static_cast<double>(seed % 3) / 20;
            reel::simulated_run run;
            run.choreography = trip::choreography();
            run.source = "desk";
            run.make_feed = [travel] {
              reel::feed_pace pace;
              pace.ended = [] { return std::uint64_t{0}; };
              return trip::travellers(travel, std::move(pace));
            };
            return run;
          }};
}

} // namespace

int main(int argc, char** argv) {
  return reel::main(argc, argv, trip::choreography(), {demo(), reel::simulate_command(simulated_trips())});
}
