// Orders as the demo reads or makes them, before they become events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reel::demo {

/// One SKU of an order. An order holds each SKU once: lines of the same SKU are merged when they are read.
struct order_line {
  std::string sku;
  std::uint32_t quantity = 0;
  std::uint64_t unit_price = 0; ///< pence; when merged lines had different prices, amount / quantity rounded half up
  std::uint64_t amount = 0;     ///< pence; the exact total of the line, also when merged lines had different prices

  friend bool operator==(const order_line&, const order_line&) = default;
};

struct order {
  std::string id;
  std::string customer;
  std::vector<order_line> lines; ///< at least one
  bool cancelled_by_customer = false;

  friend bool operator==(const order&, const order&) = default;
};

/// What is accepted of an order, so that sums stay far from overflow and events far from the frame limit.
inline constexpr std::size_t order_id_bytes_max = 64;
inline constexpr std::size_t customer_bytes_max = 128;
inline constexpr std::size_t sku_bytes_max = 64;
inline constexpr std::size_t order_lines_max = 4096;
inline constexpr std::uint32_t quantity_max = 1'000'000;
inline constexpr std::uint64_t unit_price_pence_max = 1'000'000'000;

/// The customer of an order that names none.
inline constexpr const char* guest_customer = "guest";

} // namespace reel::demo
