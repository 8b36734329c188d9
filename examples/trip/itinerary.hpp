// How a trip ends.
#pragma once

#include <reel/service.hpp>
#include <trip/cars_events.hpp>
#include <trip/flights_events.hpp>
#include <trip/trips_events.hpp>

#include <array>

namespace trip::trips {

using cars::CarRented;
using flights::SeatGivenUp;
using flights::SeatRefused;

/// Confirms the trip when the last part of it is booked, closes it when the first part is undone. It is over with that,
/// so nothing is remembered.
struct Itinerary {
  using key = std::uint64_t; // the trip

  static std::uint64_t keys(const CarRented& e) {
    return e.trip();
  }
  static std::uint64_t keys(const SeatGivenUp& e) {
    return e.trip();
  }
  static std::uint64_t keys(const SeatRefused& e) {
    return e.trip();
  }

  reel::all<TripConfirmed> confirm(const CarRented& e, const reel::context& ctx) const;
  reel::all<TripGivenUp> close(const SeatGivenUp& e, const reel::context& ctx) const;
  reel::all<TripGivenUp> close_unbooked(const SeatRefused& e, const reel::context& ctx) const;

  void apply(const TripConfirmed& e);
  void apply(const TripGivenUp& e);

  using flow = reel::flow<reel::react<&Itinerary::confirm>, reel::react<&Itinerary::close>,
                          reel::react<&Itinerary::close_unbooked>, reel::until<TripConfirmed, TripGivenUp>>;
};

} // namespace trip::trips
