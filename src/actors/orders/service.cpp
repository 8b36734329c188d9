#include "actors/orders/service.hpp"

#include "actors/orders/order.hpp"

namespace shop::orders {

reel::described_service service() {
  return reel::service("orders").hosts<Order>();
}

} // namespace shop::orders
