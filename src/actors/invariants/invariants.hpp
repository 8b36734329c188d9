// What must hold in the shop, whatever fails: nothing is lost of stock and money, and every order ends once.
//
// All three forget an order when it ends, except for one number that the terminal invariant keeps.
#pragma once

#include <reel/flow_set.hpp>
#include <reel/invariant.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shop {

/// Per SKU: received = on hand + reserved + shipped, and on hand is never negative. Per order: exactly its lines are
/// set aside, all that is set aside is shipped when it completes, and nothing of it when it is cancelled.
class stock_invariant final : public reel::invariant {
public:
  [[nodiscard]] std::string_view name() const override {
    return "stock";
  }
  void observe(const reel::fact& event) override;
  [[nodiscard]] std::vector<reel::violation> finish(bool quiescent) override;

private:
  struct sku_account {
    std::string sku;
    std::int64_t received = 0; ///< as the intake says
    std::int64_t on_hand = 0;  ///< as the stock's own events say
    std::int64_t reserved = 0;
    std::int64_t shipped = 0;
  };
  struct order_line {
    std::uint32_t sku = 0; ///< index in accounts_
    std::int64_t wanted = 0;
    std::int64_t reserved = 0;
  };
  struct open_order {
    std::string id;
    std::vector<order_line> lines;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  void create(const reel::fact& event);
  void reserve(const reel::fact& event, std::string_view sku, std::int64_t quantity);
  void release(const reel::fact& event, std::string_view sku, std::int64_t quantity);
  void run_short(const reel::fact& event, std::string_view sku, std::int64_t wanted, std::int64_t available);
  void complete(const reel::fact& event);
  void cancel(const reel::fact& event);
  std::uint32_t index_of(std::string_view sku);
  order_line* line_of(const reel::fact& event, std::uint32_t sku);
  void report(std::uint32_t sku, std::string what, const open_order* order);

  std::unordered_map<std::string, std::uint32_t, text_hash, std::equal_to<>> indices_;
  std::vector<sku_account> accounts_;
  std::unordered_map<reel::correlation_id, open_order> open_;
  std::vector<reel::violation> violations_;
};

/// Charged = refunded + money of completed orders, for each order: a completed one was charged what its lines cost,
/// once.
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
    std::uint64_t worth = 0; ///< what its lines cost
    std::uint64_t charged = 0;
    std::uint64_t refunded = 0;
    std::uint32_t charges = 0;
  };

  open_order& open(const reel::fact& event);
  void end(const reel::fact& event, bool completed);
  void report(const open_order& order, std::string what);

  std::unordered_map<reel::correlation_id, open_order> open_;
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
  std::unordered_map<reel::correlation_id, std::string> open_;
  reel::flow_set ended_;
  std::vector<reel::violation> violations_;
};

} // namespace shop
