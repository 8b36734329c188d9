#include "actors/shipping/carrier.hpp"

#include "actors/chance.hpp"

namespace shop::shipping {

booking_answer local_carrier::book(const booking_request& request) const {
  if (happens(request.order, question::refused, seed_, failure_rate_)) {
    return {};
  }
  return {true, draw(request.order, question::tracking_number, seed_)};
}

} // namespace shop::shipping
