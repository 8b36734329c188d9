#include "actors/shop.hpp"

#include "actors/invariants/invariants.hpp"
#include "actors/inventory/service.hpp"
#include "actors/orders/orders_view.hpp"
#include "actors/orders/service.hpp"
#include "actors/payment/gateway_books.hpp"
#include "actors/payment/gateway_invariant.hpp"
#include "actors/payment/payment.hpp"
#include "actors/payment/service.hpp"
#include "actors/shipping/carrier.hpp"
#include "actors/shipping/service.hpp"

#include <reel/service.hpp>
#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>

namespace shop {

reel::choreography_info choreography(const shop_options& options) {
  auto intake = reel::source("intake")
                    .publishes<intake::GoodsReceived, intake::OrderCreated, intake::OrderCancellationRequested>();
  const auto gateway = options.gateway != nullptr
                           ? options.gateway
                           : std::make_shared<payment::local_gateway>(options.payment_failures, options.seed);
  auto shop = reel::choreography("shop");
  shop.flows<intake::OrderCreated, orders::OrderCompleted, orders::OrderCancelled>("order")
      .from(intake)
      .with(inventory::service())
      .with(payment::service(gateway, {options.time_to_pay, options.unpaid, options.seed}))
      .with(shipping::service(std::make_shared<shipping::local_carrier>(options.shipping_failures, options.seed)))
      .with(orders::service())
      .projection<orders::orders_view>()
      .invariant<stock_invariant>()
      .invariant<money_invariant>()
      .invariant<terminal_invariant>();
  if (options.books != nullptr) {
    shop.invariant<payment::gateway_invariant>([books = options.books] {
      return payment::gateway_invariant::report{books->accounts(), books->faults(), {}};
    });
  }
  return shop;
}

} // namespace shop
