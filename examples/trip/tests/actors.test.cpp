// Each actor of a trip, as its history reads.
#include "trip/car_lot.hpp"
#include "trip/flight.hpp"
#include "trip/hotel.hpp"
#include "trip/itinerary.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

using namespace trip;
using reel::test::given;
using reel::test::make;

namespace {

const auto asked = make<desk::TripRequested>(7UL, "ann", "LH 1", "Adler", 3U, "north");
const auto seat = make<flights::SeatBooked>("LH 1", 7UL, "Adler", 3U, "north");
const auto room = make<hotels::RoomBooked>("Adler", 7UL, "LH 1", 3U, "north");
const auto no_car = make<cars::CarRefused>("north", 7UL, "Adler", "LH 1");

} // namespace

TEST_CASE("a flight has the seats that it offers") {
  given<flights::Flight>("LH 1")
      .when(make<desk::FlightOffered>("LH 1", 2U))
      .expect(make<flights::SeatsOpened>("LH 1", 2U));
}

TEST_CASE("a seat is booked while one is free") {
  given<flights::Flight>("LH 1", make<flights::SeatsOpened>("LH 1", 1U))
      .when(asked)
      .expect(seat)
      .when(make<desk::TripRequested>(8UL, "bob", "LH 1", "Adler", 1U, "north"))
      .expect(make<flights::SeatRefused>("LH 1", 8UL));
}

TEST_CASE("a seat is given up when there is no room") {
  auto flight = given<flights::Flight>("LH 1", make<flights::SeatsOpened>("LH 1", 1U), seat);
  flight.when(make<hotels::RoomRefused>("Adler", 7UL, "LH 1"))
      .expect(make<flights::SeatGivenUp>("LH 1", 7UL, Reason::no_room));
  CHECK(flight.state<flights::Flight>().free == 1);
}

TEST_CASE("a seat is given up after the room was") {
  given<flights::Flight>("LH 1", make<flights::SeatsOpened>("LH 1", 1U), seat)
      .when(make<hotels::RoomCancelled>("Adler", 7UL, "LH 1", Reason::no_car))
      .expect(make<flights::SeatGivenUp>("LH 1", 7UL, Reason::no_car));
}

TEST_CASE("a room is booked while one is free, and cancelled when there is no car") {
  auto hotel = given<hotels::Hotel>("Adler");
  hotel.when(make<desk::HotelOffered>("Adler", 1U)).expect(make<hotels::RoomsOpened>("Adler", 1U));
  hotel.when(seat).expect(room);
  hotel.when(seat).expect(make<hotels::RoomRefused>("Adler", 7UL, "LH 1"));
  hotel.when(no_car).expect(make<hotels::RoomCancelled>("Adler", 7UL, "LH 1", Reason::no_car));
  CHECK(hotel.state<hotels::Hotel>().free == 1);
}

TEST_CASE("a car is rented while one waits") {
  given<cars::CarLot>("north")
      .when(make<desk::CarsOffered>("north", 1U))
      .expect(make<cars::CarsParked>("north", 1U))
      .when(room)
      .expect(make<cars::CarRented>("north", 7UL))
      .when(room)
      .expect(no_car);
}

TEST_CASE("a trip ends confirmed or given up") {
  given<trips::Itinerary>("7").when(make<cars::CarRented>("north", 7UL)).expect(make<trips::TripConfirmed>(7UL));
  given<trips::Itinerary>("7")
      .when(make<flights::SeatGivenUp>("LH 1", 7UL, Reason::no_room))
      .expect(make<trips::TripGivenUp>(7UL, Reason::no_room));
  given<trips::Itinerary>("7")
      .when(make<flights::SeatRefused>("LH 1", 7UL))
      .expect(make<trips::TripGivenUp>(7UL, Reason::no_seat));
}
