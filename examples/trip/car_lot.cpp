#include "trip/car_lot.hpp"

namespace trip::cars {

reel::all<CarsParked> CarLot::park(const CarsOffered& e, const reel::context& ctx) const {
  return ctx.make<CarsParked>(ctx.key(), e.cars());
}

reel::one_of<CarRented, CarRefused> CarLot::rent(const RoomBooked& e, const reel::context& ctx) const {
  if (free == 0) {
    return ctx.make<CarRefused>(ctx.key(), e.trip(), e.hotel(), e.flight());
  }
  return ctx.make<CarRented>(ctx.key(), e.trip());
}

void CarLot::apply(const CarsParked& e) {
  free += e.cars();
}

void CarLot::apply(const CarRented&) {
  --free;
}

void CarLot::apply(const CarRefused&) {}

} // namespace trip::cars
