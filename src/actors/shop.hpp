// The shop: four services that turn orders into shipments, or undo them, with nobody in charge.
#pragma once

#include <reel/descriptor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace shop {

namespace payment {
class gateway_books;
class payment_gateway;
} // namespace payment

struct shop_options {
  double payment_failures = 0.0;  ///< share of orders whose payment is declined
  double shipping_failures = 0.0; ///< share of orders that no carrier takes
  std::uint64_t seed = 1;
  /// Who charges the customers; null: a stand-in in this process that declines `payment_failures`.
  std::shared_ptr<const payment::payment_gateway> gateway;
  /// The books of that gateway, to check the journals against; may be null.
  std::shared_ptr<const payment::gateway_books> books;
  double unpaid = 0.0; ///< share of orders whose customer never pays
  std::chrono::nanoseconds time_to_pay = std::chrono::minutes(15);
};

[[nodiscard]] reel::choreography_info choreography(const shop_options& options = {});

} // namespace shop
