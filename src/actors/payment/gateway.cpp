#include "actors/payment/gateway.hpp"

#include "actors/chance.hpp"

namespace shop::payment {

charge_answer local_gateway::charge(const charge_request& request) const {
  if (happens(request.order, question::declined, seed_, decline_rate_)) {
    return {};
  }
  return {true, draw(request.order, question::payment_reference, seed_)};
}

refund_answer local_gateway::refund(const refund_request& request) const {
  return {draw(request.order, question::refund_reference, seed_)};
}

} // namespace shop::payment
