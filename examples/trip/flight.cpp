#include "trip/flight.hpp"

namespace trip::flights {

reel::all<SeatsOpened> Flight::open(const FlightOffered& e, const reel::context& ctx) const {
  return ctx.make<SeatsOpened>(ctx.key(), e.seats());
}

reel::one_of<SeatBooked, SeatRefused> Flight::book(const TripRequested& e, const reel::context& ctx) const {
  if (free == 0) {
    return ctx.make<SeatRefused>(ctx.key(), e.trip());
  }
  return ctx.make<SeatBooked>(ctx.key(), e.trip(), e.hotel(), e.nights(), e.lot());
}

reel::all<SeatGivenUp> Flight::give_up_unhoused(const RoomRefused& e, const reel::context& ctx) const {
  return ctx.make<SeatGivenUp>(ctx.key(), e.trip(), Reason::no_room);
}

reel::all<SeatGivenUp> Flight::give_up_cancelled(const RoomCancelled& e, const reel::context& ctx) const {
  return ctx.make<SeatGivenUp>(ctx.key(), e.trip(), e.reason());
}

void Flight::apply(const SeatsOpened& e) {
  free += e.seats();
}

void Flight::apply(const SeatBooked&) {
  --free;
}

void Flight::apply(const SeatRefused&) {}

void Flight::apply(const SeatGivenUp&) {
  ++free;
}

} // namespace trip::flights
