// Whole trips: all services together, also while the process dies and the log fails.
#include "trip/choreography.hpp"

#include <reel/test_story.hpp>
#include <trip/cars_events.hpp>
#include <trip/desk_events.hpp>
#include <trip/flights_events.hpp>
#include <trip/hotels_events.hpp>
#include <trip/trips_events.hpp>

#include <doctest/doctest.h>

using namespace trip;
using reel::test::given;
using reel::test::make;

namespace {

reel::test::example trip_of(std::uint64_t trip) {
  return make<desk::TripRequested>(trip, "ann", "LH 1", "Adler", 3U, "north");
}

/// One more seat than rooms, and one more room than cars.
reel::test::story world(std::uint32_t cars) {
  return given(choreography(), make<desk::FlightOffered>("LH 1", cars + 2), make<desk::HotelOffered>("Adler", cars + 1),
               make<desk::CarsOffered>("north", cars));
}

} // namespace

TEST_CASE("all is booked") {
  world(1)
      .when(trip_of(7))
      .expect(make<flights::SeatBooked>("LH 1", 7UL, "Adler", 3U, "north"),
              make<hotels::RoomBooked>("Adler", 7UL, "LH 1", 3U, "north"), make<cars::CarRented>("north", 7UL),
              make<trips::TripConfirmed>(7UL))
      .expect_no<flights::SeatGivenUp>()
      .expect_invariants();
}

TEST_CASE("without a car, room and seat are given up in reverse order") {
  auto trips = world(0);
  trips.when(trip_of(7))
      .expect(make<cars::CarRefused>("north", 7UL, "Adler", "LH 1"),
              make<hotels::RoomCancelled>("Adler", 7UL, "LH 1", Reason::no_car),
              make<flights::SeatGivenUp>("LH 1", 7UL, Reason::no_car), make<trips::TripGivenUp>(7UL, Reason::no_car))
      .expect_no<trips::TripConfirmed>()
      .expect_invariants();
  CHECK(trips.state("flights", "Flight", "LH 1").find(R"("free": 2)") != std::string::npos);
}

TEST_CASE("four trips for one car, one more room and one more seat, whatever fails on the way") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    auto trips = world(1);
    trips.under_faults(seed).when(trip_of(1), trip_of(2), trip_of(3), trip_of(4)).expect_invariants();
    CHECK(trips.state("cars", "CarLot", "north").find(R"("free": 0)") != std::string::npos);
  }
}

TEST_CASE("what was given back is there for the next") {
  world(0)
      .given(make<desk::CarsOffered>("south", 1U), trip_of(7))
      .after(std::chrono::hours(1))
      .when(make<desk::TripRequested>(8UL, "bob", "LH 1", "Adler", 1U, "south"))
      .expect(make<trips::TripConfirmed>(8UL))
      .expect_invariants();
}
