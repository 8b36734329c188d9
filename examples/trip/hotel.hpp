// The rooms of a hotel.
#pragma once

#include <reel/service.hpp>
#include <trip/cars_events.hpp>
#include <trip/desk_events.hpp>
#include <trip/flights_events.hpp>
#include <trip/hotels_events.hpp>

#include <array>
#include <string>

namespace trip::hotels {

using cars::CarRefused;
using desk::HotelOffered;
using flights::SeatBooked;

/// Books a room when the seat is booked; cancels it when there is no car.
struct Hotel {
  using key = std::string; // the hotel's name

  static std::string_view keys(const SeatBooked& e) {
    return e.hotel()->string_view();
  }
  static std::string_view keys(const CarRefused& e) {
    return e.hotel()->string_view();
  }

  reel::all<RoomsOpened> open(const HotelOffered& e, const reel::context& ctx) const;
  reel::one_of<RoomBooked, RoomRefused> book(const SeatBooked& e, const reel::context& ctx) const;
  reel::all<RoomCancelled> cancel(const CarRefused& e, const reel::context& ctx) const;

  void apply(const RoomsOpened& e);
  void apply(const RoomBooked& e);
  void apply(const RoomRefused& e);
  void apply(const RoomCancelled& e);

  using flow = reel::flow<reel::react<&Hotel::open>, reel::react<&Hotel::book>, reel::undo<RoomBooked, &Hotel::cancel>>;

  static constexpr std::array field_names{"free"};
  std::uint32_t free = 0;
};

} // namespace trip::hotels
