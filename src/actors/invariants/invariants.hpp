// What must hold in the shop, whatever fails: nothing is lost of stock and money, and every order ends once.
#pragma once

#include <reel/flow_set.hpp>
#include <reel/invariant.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace shop {

/// Per SKU: received = on hand + reserved + shipped; on hand is never negative; nothing stays reserved for an order that has ended.
class stock_invariant final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "stock";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  struct sku_account {
    std::int64_t received = 0;
    std::int64_t on_shelf = 0; // as the warehouse counts: added
    std::int64_t reserved = 0;
    std::int64_t shipped = 0;
  };
  struct open_order {
    std::string id;
    std::vector<std::pair<std::uint32_t, std::int64_t>> lines; // SKU's number, quantity set aside
  };

  std::uint32_t number_of(std::string_view sku);
  void reserve(const reel::fact& event, std::string_view order, std::string_view sku, std::int64_t quantity);
  void end(const reel::fact& event, bool shipped);
  void report(std::string what, std::string_view order);

  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> skus_;
  std::vector<sku_account> accounts_;
  std::unordered_map<std::uint64_t, open_order> open_; // by correlation
  std::vector<reel::violation> violations_;
};

/// Charged = refunded + money of completed orders, for each order.
class money_invariant final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "money";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  struct open_order {
    std::string id;
    std::int64_t charged = 0;
    std::int64_t refunded = 0;
    std::int64_t worth = 0;
  };

  void end(const reel::fact& event, bool completed);
  void report(const open_order& order, std::string what);

  std::unordered_map<std::uint64_t, open_order> open_; // by correlation
  std::vector<reel::violation> violations_;
};

/// Every order that was created ends in exactly one of OrderCompleted and OrderCancelled, and no other does.
class terminal_invariant final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "terminal";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  std::unordered_map<std::uint64_t, std::string> open_; // by correlation
  reel::flow_set ended_;
  std::vector<reel::violation> violations_;
};

} // namespace shop
