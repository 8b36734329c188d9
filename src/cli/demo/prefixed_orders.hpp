// Orders whose keys begin with a text, so that those of several inputs differ.
#pragma once

#include "cli/demo/order_source.hpp"

#include <memory>
#include <string>
#include <utility>

namespace reel::demo {

/// Everything else is as the other source has it.
class prefixed_orders final : public order_source {
public:
  prefixed_orders(std::unique_ptr<order_source> orders, std::string prefix)
      : orders_{std::move(orders)}, prefix_{std::move(prefix)}, identity_{orders_->identity() + " prefix=" + prefix_} {}

  [[nodiscard]] bool next(order& into) override {
    if (!orders_->next(into))
      return false;
    into.id.insert(0, prefix_);
    return true;
  }
  void skip(std::uint64_t count) override {
    orders_->skip(count);
  }
  [[nodiscard]] std::uint64_t total() const override {
    return orders_->total();
  }
  [[nodiscard]] const std::string& identity() const override {
    return identity_;
  }
  [[nodiscard]] std::string title() const override {
    return orders_->title() + ": " + prefix_ + "1 to " + prefix_ + std::to_string(orders_->total());
  }
  [[nodiscard]] std::vector<sku_demand> demand() const override {
    return orders_->demand();
  }
  [[nodiscard]] const std::vector<rejected_line>& rejected() const override {
    return orders_->rejected();
  }
  [[nodiscard]] std::uint64_t rejected_count() const override {
    return orders_->rejected_count();
  }
  [[nodiscard]] std::uint64_t rejected_orders() const override {
    return orders_->rejected_orders();
  }

private:
  std::unique_ptr<order_source> orders_;
  std::string prefix_;
  std::string identity_;
};

} // namespace reel::demo
