#include "actors/inventory/service.hpp"

#include "actors/inventory/reservation.hpp"
#include "actors/inventory/stock.hpp"

namespace shop::inventory {

reel::described_service service() {
  return reel::service("inventory").hosts<Stock>().hosts<Reservation>();
}

} // namespace shop::inventory
