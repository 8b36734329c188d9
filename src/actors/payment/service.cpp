#include "actors/payment/service.hpp"

#include "actors/payment/gateway.hpp"
#include "actors/payment/payment.hpp"

namespace shop::payment {

reel::described_service service(std::shared_ptr<const payment_gateway> gateway) {
  return reel::service("payment").hosts<Payment>().provides<payment_gateway>(std::move(gateway));
}

} // namespace shop::payment
