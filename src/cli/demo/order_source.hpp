// Where the demo's orders come from: a generator or a file.
#pragma once

#include "cli/demo/order.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reel::demo {

/// A line of the input that became no part of an order. Nothing is dropped without one of these.
struct rejected_line {
  std::uint64_t line = 0; ///< 1 for the first line of the file
  std::string reason;     ///< column, what stands there, what was expected

  friend bool operator==(const rejected_line&, const rejected_line&) = default;
};

/// How many of one SKU all orders of a source ask for together.
struct sku_demand {
  std::string sku;
  std::uint64_t quantity = 0;

  friend bool operator==(const sku_demand&, const sku_demand&) = default;
};

/// Hands out orders in a fixed order. Not thread-safe.
///
/// The n-th order depends on nothing but the identity and n, so an interrupted run goes on with skip(orders done).
class order_source {
public:
  virtual ~order_source() = default;

  /// The next order into `into`, whose memory is reused; false at the end.
  [[nodiscard]] virtual bool next(order& into) = 0;
  /// Goes on `count` orders later, in constant time.
  virtual void skip(std::uint64_t count) = 0;
  /// How many orders there are in all, including those skipped.
  [[nodiscard]] virtual std::uint64_t total() const = 0;
  /// Names the input and everything that shapes what is read from it. The same identity means the same orders.
  [[nodiscard]] virtual const std::string& identity() const = 0;
  /// For people: "20000 generated orders", "orders.csv".
  [[nodiscard]] virtual std::string title() const = 0;
  /// What all orders (also skipped ones) ask for, by SKU. May take a pass over all orders.
  [[nodiscard]] virtual std::vector<sku_demand> demand() const = 0;

  /// The first rejected lines, in the order of the file, at most `rejected_kept_max`.
  [[nodiscard]] virtual const std::vector<rejected_line>& rejected() const = 0;
  /// All rejected lines, also those that are not kept.
  [[nodiscard]] virtual std::uint64_t rejected_count() const = 0;
  /// Orders that do not exist because each of their lines was rejected.
  [[nodiscard]] virtual std::uint64_t rejected_orders() const = 0;

  [[nodiscard]] std::optional<order> next() {
    order result;
    if (!next(result))
      return std::nullopt;
    return result;
  }
};

inline constexpr std::size_t rejected_kept_max = 1000;

} // namespace reel::demo
