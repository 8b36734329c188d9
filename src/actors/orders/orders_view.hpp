// The read model of orders: one row for each, for people and dashboards.
#pragma once

#include <reel/projection.hpp>

namespace shop::orders {

/// Table "orders". A row changes twice in an order's life, so that it costs little at any rate; where an order under
/// way stands is told by its events.
class orders_view final : public reel::projection {
public:
  [[nodiscard]] std::string_view name() const override {
    return "orders";
  }
  [[nodiscard]] std::uint32_t version() const override {
    return 1;
  }
  [[nodiscard]] std::span<const reel::column> columns() const override;
  [[nodiscard]] std::vector<reel::event_type_id> inputs() const override;
  [[nodiscard]] std::string_view key(const reel::fact& event) const override;
  void apply(const reel::fact& event, row& order) const override;
};

} // namespace shop::orders
