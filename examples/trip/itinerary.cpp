#include "trip/itinerary.hpp"

namespace trip::trips {

reel::all<TripConfirmed> Itinerary::confirm(const CarRented& e, const reel::context& ctx) const {
  return ctx.make<TripConfirmed>(e.trip());
}

reel::all<TripGivenUp> Itinerary::close(const SeatGivenUp& e, const reel::context& ctx) const {
  return ctx.make<TripGivenUp>(e.trip(), e.reason());
}

reel::all<TripGivenUp> Itinerary::close_unbooked(const SeatRefused& e, const reel::context& ctx) const {
  return ctx.make<TripGivenUp>(e.trip(), Reason::no_seat);
}

void Itinerary::apply(const TripConfirmed&) {}

void Itinerary::apply(const TripGivenUp&) {}

} // namespace trip::trips
