#include "actors/shipping/service.hpp"

#include "actors/shipping/carrier.hpp"
#include "actors/shipping/shipment.hpp"

namespace shop::shipping {

reel::described_service service(std::shared_ptr<const carrier> carrier) {
  return reel::service("shipping").hosts<Shipment>().provides<shipping::carrier>(std::move(carrier));
}

} // namespace shop::shipping
