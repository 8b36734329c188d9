// The seats of a flight.
#pragma once

#include <reel/service.hpp>
#include <trip/cars_events.hpp>
#include <trip/desk_events.hpp>
#include <trip/flights_events.hpp>
#include <trip/hotels_events.hpp>

#include <array>
#include <string>

namespace trip::flights {

using desk::FlightOffered;
using desk::TripRequested;
using hotels::RoomCancelled;
using hotels::RoomRefused;

/// Books a seat first of all, and gives it up last of all.
struct Flight {
  using key = std::string; // the flight's number

  static std::string_view keys(const TripRequested& e) {
    return e.flight()->string_view();
  }
  static std::string_view keys(const RoomRefused& e) {
    return e.flight()->string_view();
  }
  static std::string_view keys(const RoomCancelled& e) {
    return e.flight()->string_view();
  }

  reel::all<SeatsOpened> open(const FlightOffered& e, const reel::context& ctx) const;
  reel::one_of<SeatBooked, SeatRefused> book(const TripRequested& e, const reel::context& ctx) const;
  reel::all<SeatGivenUp> give_up_unhoused(const RoomRefused& e, const reel::context& ctx) const;
  reel::all<SeatGivenUp> give_up_cancelled(const RoomCancelled& e, const reel::context& ctx) const;

  void apply(const SeatsOpened& e);
  void apply(const SeatBooked& e);
  void apply(const SeatRefused& e);
  void apply(const SeatGivenUp& e);

  using flow =
      reel::flow<reel::react<&Flight::open>, reel::react<&Flight::book>,
                 reel::undo<SeatBooked, &Flight::give_up_unhoused>, reel::undo<SeatBooked, &Flight::give_up_cancelled>>;

  static constexpr std::array field_names{"free"};
  std::uint32_t free = 0;
};

} // namespace trip::flights
