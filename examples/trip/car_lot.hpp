// The cars that wait in a lot.
#pragma once

#include <reel/service.hpp>
#include <trip/cars_events.hpp>
#include <trip/desk_events.hpp>
#include <trip/hotels_events.hpp>

#include <array>
#include <string>

namespace trip::cars {

using desk::CarsOffered;
using hotels::RoomBooked;

/// Rents a car when seat and room are booked. Nobody comes after it but the trip's end, so it has nothing to undo.
struct CarLot {
  using key = std::string; // the lot's name

  static std::string_view keys(const RoomBooked& e) {
    return e.lot()->string_view();
  }

  reel::all<CarsParked> park(const CarsOffered& e, const reel::context& ctx) const;
  reel::one_of<CarRented, CarRefused> rent(const RoomBooked& e, const reel::context& ctx) const;

  void apply(const CarsParked& e);
  void apply(const CarRented& e);
  void apply(const CarRefused& e);

  using flow = reel::flow<reel::react<&CarLot::park>, reel::react<&CarLot::rent>>;

  static constexpr std::array field_names{"free"};
  std::uint32_t free = 0;
};

} // namespace trip::cars
