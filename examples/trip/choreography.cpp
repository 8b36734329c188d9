#include "trip/choreography.hpp"

#include "trip/car_lot.hpp"
#include "trip/flight.hpp"
#include "trip/hotel.hpp"
#include "trip/invariants.hpp"
#include "trip/itinerary.hpp"

#include <reel/service.hpp>

namespace trip {

reel::choreography_info choreography() {
  auto desk =
      reel::source("desk").publishes<desk::FlightOffered, desk::HotelOffered, desk::CarsOffered, desk::TripRequested>();
  return reel::choreography("trip")
      .flows<desk::TripRequested, trips::TripConfirmed, trips::TripGivenUp>("trip")
      .from(desk)
      .with(reel::service("flights").hosts<flights::Flight>())
      .with(reel::service("hotels").hosts<hotels::Hotel>())
      .with(reel::service("cars").hosts<cars::CarLot>())
      .with(reel::service("trips").hosts<trips::Itinerary>())
      .invariant<capacity_invariant>()
      .invariant<whole_trip_invariant>();
}

} // namespace trip
