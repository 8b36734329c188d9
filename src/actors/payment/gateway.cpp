#include "actors/payment/gateway.hpp"

#include "actors/chance.hpp"

namespace shop::payment {

charge_answer local_gateway::charge(const charge_request& request) const {
  if (happens(request.order, seed_, decline_rate_)) {
    return {};
  }
  return {true, draw(request.order, seed_ + 1)};
}

} // namespace shop::payment
