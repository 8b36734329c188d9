// Turns orders into the events of the source "intake": goods received first, then orders and the cancellations of some.
#pragma once

#include "cli/demo/order_source.hpp"
#include "runtime/feed.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reel::demo {

/// How the feed is paced.
struct feed_pace {
  /// Orders that may be open at once. As fast as it goes means: as many as the services keep up with.
  std::uint64_t open_orders_max = 20'000;
  /// Orders per second, whether the services keep up or not (open loop). 0: only open_orders_max counts.
  double rate = 0;
  /// Orders that have ended so far.
  std::function<std::uint64_t()> ended;
  /// Monotonic time.
  std::function<std::chrono::nanoseconds()> now;
};

/// One unit of input is one SKU's goods or one order. A cancelled order's request follows the order after a few
/// others, so that it meets the order anywhere on its way; the distance is a function of the order's number.
class order_feed : public runtime::feed {
public:
  /// `cancel_distance_max` 0: a cancellation follows its order at once.
  order_feed(std::unique_ptr<order_source> orders, std::vector<sku_demand> goods, std::uint64_t cancel_distance_max,
             std::string identity, feed_pace pace);

  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] bool skip(std::uint64_t offset) override;
  [[nodiscard]] filled fill(outbox& out, std::size_t bytes_max) override;

private:
  struct cancellation {
    std::uint64_t due = 0; // number of the order that it follows
    std::string order;
  };

  [[nodiscard]] bool due_now();
  void add_goods(outbox& out, const sku_demand& goods);
  bool add_order(outbox& out);
  void add_cancellations(outbox& out, std::uint64_t number);
  void plan_cancellation(std::uint64_t number);
  [[nodiscard]] std::uint64_t distance(std::uint64_t number) const;

  std::unique_ptr<order_source> orders_;
  std::vector<sku_demand> goods_;
  std::uint64_t cancel_distance_max_;
  std::string identity_;
  feed_pace pace_;
  std::uint64_t goods_done_ = 0;
  std::uint64_t orders_done_ = 0;
  std::uint64_t orders_at_start_ = 0;
  std::optional<std::chrono::nanoseconds> started_;
  std::vector<cancellation> cancellations_; // not sent yet
  order order_;
};

} // namespace reel::demo
