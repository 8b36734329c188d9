#include "actors/payment/service.hpp"

#include "actors/payment/payment.hpp"

namespace shop::payment {

reel::described_service service(std::shared_ptr<const payment_gateway> gateway, const payment_terms& terms) {
  constexpr reel::retry_policy until_it_works{.attempts = 0, .first = std::chrono::milliseconds{200}};
  return reel::service("payment")
      .hosts<Payment>()
      .provides<payment_gateway>(std::move(gateway))
      .provides<payment_terms>(std::make_shared<payment_terms>(terms))
      .effects<&Payment::refund>({.retries = until_it_works})
      .effects<&Payment::make_void>({.retries = until_it_works});
}

} // namespace shop::payment
