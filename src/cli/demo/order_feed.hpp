// Turns orders into the events of the source "intake": goods received first, then orders and the cancellations of some.
#pragma once

#include "cli/demo/order_source.hpp"

#include <reel/feed.hpp>

#include <memory>
#include <string>
#include <vector>

namespace reel::demo {

/// One unit of input is one SKU's goods or one order. A cancelled order's request follows the order after a few
/// others, so that it meets the order anywhere on its way; the distance is a function of the order's number.
class order_feed : public feed {
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

  void add_goods(outbox& out, const sku_demand& goods);
  bool add_order(outbox& out);
  void add_cancellations(outbox& out, std::uint64_t number);
  void plan_cancellation(std::uint64_t number);
  [[nodiscard]] std::uint64_t distance(std::uint64_t number) const;

  std::unique_ptr<order_source> orders_;
  std::vector<sku_demand> goods_;
  std::uint64_t cancel_distance_max_;
  std::string identity_;
  feed_pacer pacer_;
  std::uint64_t goods_done_ = 0;
  std::uint64_t orders_done_ = 0;
  std::vector<cancellation> cancellations_; // not sent yet
  order order_;
};

} // namespace reel::demo
