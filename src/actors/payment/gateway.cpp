#include "actors/payment/gateway.hpp"

#include "actors/chance.hpp"

namespace shop::payment {

charge_answer local_gateway::charge(std::string_view order) const {
  if (happens(order, question::declined, seed_, decline_rate_)) {
    return {};
  }
  return {true, draw(order, question::payment_reference, seed_)};
}

refund_answer local_gateway::refund(std::string_view order) const {
  return {draw(order, question::refund_reference, seed_)};
}

void local_gateway::charge(const charge_request& request, reel::completion<charge_answer> done) const {
  done(charge(request.order));
}

void local_gateway::refund(const refund_request& request, reel::completion<refund_answer> done) const {
  done(refund(request.order));
}

// It answers at once, so nobody ever asks.
void local_gateway::make_void(const void_request& /*request*/, reel::completion<void_answer> done) const {
  done(void_answer{});
}

} // namespace shop::payment
