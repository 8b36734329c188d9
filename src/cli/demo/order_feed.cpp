#include "cli/demo/order_feed.hpp"

#include "cli/demo/random.hpp"

#include <reel/outbox.hpp>
#include <shop/intake_events.hpp>

#include <algorithm>

namespace reel::demo {

order_feed::order_feed(std::unique_ptr<order_source> orders, std::vector<sku_demand> goods,
                       std::uint64_t cancel_distance_max, std::string identity, feed_pace pace)
    : orders_(std::move(orders)), goods_(std::move(goods)), cancel_distance_max_(cancel_distance_max),
      identity_(std::move(identity)), pacer_(std::move(pace)) {}

std::string order_feed::identity() const {
  return identity_;
}

bool order_feed::skip(std::uint64_t offset) {
  goods_done_ = std::min<std::uint64_t>(offset, goods_.size());
  const auto done = offset - goods_done_;
  if (done > orders_->total()) {
    return false;
  }
  // Cancellations of the last orders may not have been sent: plan them again.
  const auto again = std::min(done, cancel_distance_max_);
  orders_->skip(done - again);
  orders_done_ = done - again;
  while (orders_done_ < done) {
    if (!orders_->next(order_)) {
      return false;
    }
    ++orders_done_;
    plan_cancellation(orders_done_);
  }
  std::erase_if(cancellations_, [done](const cancellation& c) { return c.due <= done; });
  pacer_.go_on(done);
  return true;
}

feed::filled order_feed::fill(outbox& out, std::size_t bytes_max) {
  while (out.bytes() < bytes_max && goods_done_ < goods_.size()) {
    add_goods(out, goods_[goods_done_++]);
  }
  bool more = goods_done_ == goods_.size();
  while (more && out.bytes() < bytes_max && orders_done_ < orders_->total() && pacer_.due(orders_done_)) {
    more = add_order(out);
  }
  const bool complete = goods_done_ == goods_.size() && orders_done_ == orders_->total();
  if (complete) {
    for (const auto& c : cancellations_) {
      out.add<shop::intake::OrderCancellationRequested>(c.order);
    }
    cancellations_.clear();
  }
  return {goods_done_ + orders_done_, complete};
}

void order_feed::add_goods(outbox& out, const sku_demand& goods) {
  out.add<shop::intake::GoodsReceived>(goods.sku, goods.quantity);
}

bool order_feed::add_order(outbox& out) {
  if (!orders_->next(order_)) {
    return false;
  }
  ++orders_done_;
  out.build<shop::intake::OrderCreated>([this](flatbuffers::FlatBufferBuilder& builder) {
    std::vector<flatbuffers::Offset<shop::OrderLine>> lines;
    lines.reserve(order_.lines.size());
    for (const auto& line : order_.lines) {
      lines.push_back(shop::CreateOrderLine(builder, builder.CreateString(line.sku), line.quantity, line.amount));
    }
    const auto id = builder.CreateString(order_.id);
    const auto customer = builder.CreateString(order_.customer);
    return shop::intake::CreateOrderCreated(builder, id, customer, builder.CreateVector(lines));
  });
  plan_cancellation(orders_done_);
  add_cancellations(out, orders_done_);
  return true;
}

void order_feed::plan_cancellation(std::uint64_t number) {
  if (order_.cancelled_by_customer) {
    cancellations_.push_back({number + distance(number), order_.id});
  }
}

void order_feed::add_cancellations(outbox& out, std::uint64_t number) {
  std::erase_if(cancellations_, [&](const cancellation& c) {
    if (c.due <= number) {
      out.add<shop::intake::OrderCancellationRequested>(c.order);
      return true;
    }
    return false;
  });
}

std::uint64_t order_feed::distance(std::uint64_t number) const {
  return cancel_distance_max_ == 0 ? 0 : mixed_seed(number, 7) % (cancel_distance_max_ + 1);
}

} // namespace reel::demo
