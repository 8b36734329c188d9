// Groups the lines of an input file into orders, in memory that stays small for a million of them.
#pragma once

#include "cli/demo/order_source.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace reel::demo {

/// Holds each distinct string once and names it by a small number.
class string_pool {
public:
  [[nodiscard]] std::uint32_t intern(std::string_view text);
  [[nodiscard]] const std::string& operator[](std::uint32_t index) const noexcept {
    return strings_[index];
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return strings_.size();
  }
  /// Keeps the strings, and gives back the memory that only intern() needs.
  void finish() {
    indices_ = {};
  }

private:
  std::deque<std::string> strings_; // a deque keeps the keys of the map valid
  std::unordered_map<std::string_view, std::uint32_t> indices_;
};

/// A line as it stands in a file, every field still text.
struct raw_line {
  std::uint64_t line = 0;
  std::string_view order;
  std::string_view customer;
  std::string_view sku;
  std::string_view quantity;
  std::string_view unit_price;
  bool cancelled = false; ///< the customer cancels this order; the quantity counts without its sign
};

/// How fields are called in the file, for the reasons of rejections.
struct field_names {
  std::string_view order = "order";
  std::string_view customer = "customer";
  std::string_view sku = "sku";
  std::string_view quantity = "quantity";
  std::string_view unit_price = "unit_price";
};

/// Which share of the orders of a file is cancelled besides those that the file itself has as cancelled.
struct cancellation_draw {
  std::uint32_t share_ppm = 0;
  std::uint64_t seed = 0;
};

/// Takes lines in the order of the file, wherever an order's lines stand; gives orders in the order of their first
/// accepted line.
class order_table {
public:
  explicit order_table(field_names names);

  /// Checks a line and adds it to its order, or rejects it.
  void add(const raw_line& line);
  /// For lines that never became a raw_line. `order` is the order that it belongs to, as far as known.
  void reject(std::uint64_t line, std::string reason, std::string_view order = {});
  [[nodiscard]] bool empty() const noexcept {
    return orders_.empty() && rejected_count_ == 0;
  }

  /// Turns what was added into a source.
  [[nodiscard]] static std::unique_ptr<order_source> finish(order_table table, std::string title, std::string identity,
                                                            const cancellation_draw& cancellations);

private:
  friend class table_orders;

  struct entry {
    std::uint32_t customer = 0;
    std::uint32_t line_count = 0;
    std::uint32_t first_line = 0; ///< index into lines_ once they are grouped
    bool named_customer = false;
    bool cancelled = false;
  };
  struct line_entry {
    std::uint32_t order = 0;
    std::uint32_t sku = 0;
    std::uint32_t quantity = 0;
    std::uint32_t unit_price = 0;
    std::uint32_t file_line = 0; ///< for reasons; files of more lines than this counts are not read
  };

  [[nodiscard]] std::optional<std::string> fault_of(const raw_line& line, line_entry& into) const;
  [[nodiscard]] std::optional<std::string> conflict_of(const raw_line& line, const entry& order) const;
  void group();
  void merge_same_sku(entry& order);
  void merge(line_entry& into, const line_entry& line);
  [[nodiscard]] std::uint64_t amount_of(const line_entry& line) const;

  field_names names_;
  string_pool order_ids_;
  string_pool customers_;
  string_pool skus_;
  std::vector<entry> orders_; ///< by index in order_ids_
  std::vector<line_entry> lines_;
  std::unordered_map<std::uint64_t, std::uint64_t> amounts_; ///< of lines that were merged at different prices
  std::vector<std::uint32_t> sequence_;                      ///< orders by their first accepted line
  std::vector<rejected_line> rejected_;
  std::uint64_t rejected_count_ = 0;
};

} // namespace reel::demo
