#include "trip/hotel.hpp"

namespace trip::hotels {

reel::all<RoomsOpened> Hotel::open(const HotelOffered& e, const reel::context& ctx) const {
  return ctx.make<RoomsOpened>(ctx.key(), e.rooms());
}

reel::one_of<RoomBooked, RoomRefused> Hotel::book(const SeatBooked& e, const reel::context& ctx) const {
  if (free == 0) {
    return ctx.make<RoomRefused>(ctx.key(), e.trip(), e.flight());
  }
  return ctx.make<RoomBooked>(ctx.key(), e.trip(), e.flight(), e.nights(), e.lot());
}

reel::all<RoomCancelled> Hotel::cancel(const CarRefused& e, const reel::context& ctx) const {
  return ctx.make<RoomCancelled>(ctx.key(), e.trip(), e.flight(), Reason::no_car);
}

void Hotel::apply(const RoomsOpened& e) {
  free += e.rooms();
}

void Hotel::apply(const RoomBooked&) {
  --free;
}

void Hotel::apply(const RoomRefused&) {}

void Hotel::apply(const RoomCancelled&) {
  ++free;
}

} // namespace trip::hotels
