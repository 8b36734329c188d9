#include "cli/demo/synthetic_orders.hpp"

#include "cli/demo/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

namespace reel::demo {
namespace {

/// Zipf-Mandelbrot: the SKU of rank r is drawn with weight 1 / (r + popularity_shift). The shift keeps the favourite
/// at about 4 % of all lines.
constexpr std::uint64_t popularity_shift = 5;
constexpr std::uint64_t popularity_scale = 1'000'000'000;
constexpr std::uint32_t customers = 5000;
constexpr std::uint32_t first_sku = 20'000;

/// Of 100 orders this many have 1, 2, ... 6 lines; 3 on average.
constexpr std::array<std::uint32_t, synthetic_lines_max> orders_by_lines{16, 25, 25, 17, 11, 6};

/// Draws with given integer weights in constant time (Vose's alias method, in integers so that every machine agrees).
class alias_table {
public:
  explicit alias_table(const std::vector<std::uint64_t>& weights) : cells_(weights.size()) {
    const auto count = weights.size();
    total_ = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    std::vector<std::uint64_t> scaled(count);
    std::vector<std::uint32_t> small, large;
    for (std::uint32_t i = 0; i < count; ++i) {
      scaled[i] = weights[i] * count;
      (scaled[i] < total_ ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const auto less = small.back(), more = large.back();
      small.pop_back();
      cells_[less] = {scaled[less], more};
      scaled[more] -= total_ - scaled[less];
      if (scaled[more] < total_) {
        large.pop_back();
        small.push_back(more);
      }
    }
    for (const auto i : large)
      cells_[i] = {total_, i};
    for (const auto i : small)
      cells_[i] = {total_, i};
  }

  [[nodiscard]] std::uint32_t draw(split_mix& random) const noexcept {
    const auto index = random.below(static_cast<std::uint32_t>(cells_.size()));
    const auto& cell = cells_[index];
    return random() % total_ < cell.threshold ? index : cell.alias;
  }

private:
  struct slot {
    std::uint64_t threshold = 0;
    std::uint32_t alias = 0;
  };
  std::vector<slot> cells_;
  std::uint64_t total_ = 0;
};

std::vector<std::uint64_t> popularity_weights() {
  std::vector<std::uint64_t> weights(synthetic_skus);
  for (std::uint32_t rank = 0; rank < synthetic_skus; ++rank)
    weights[rank] = popularity_scale / (rank + 1 + popularity_shift);
  return weights;
}

/// One order before its strings are made.
struct drawn_order {
  struct line {
    std::uint32_t rank = 0;
    std::uint32_t quantity = 0;
  };
  std::array<line, synthetic_lines_max> lines;
  std::uint32_t line_count = 0;
  std::uint32_t customer = 0;
  bool cancelled = false;
};

class synthetic_orders final : public order_source {
public:
  explicit synthetic_orders(const synthetic_options& options)
      : options_{options}, popularity_{popularity_weights()}, identity_{fmt::format(
                                                                  "synthetic/1 orders={} seed={} cancellations={}ppm",
                                                                  options.orders, options.seed,
                                                                  options.cancellations_ppm)} {
    skus_.reserve(synthetic_skus);
    for (std::uint32_t rank = 0; rank < synthetic_skus; ++rank) {
      // Popularity and name must not be related, or a sorted list would look like a ranking; 7 is coprime to the count.
      skus_.push_back({fmt::format("{}", first_sku + rank * 7 % synthetic_skus),
                       45 + split_mix{rank}.below(199) * 5}); // 0.45 to 10.35
    }
  }

  bool next(order& into) override {
    if (index_ >= options_.orders)
      return false;
    const auto drawn = draw(index_++);
    write_number(into.id, index_);
    into.customer.assign("c");
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, 10'000 + drawn.customer).ptr;
    into.customer.append(digits, end);
    into.cancelled_by_customer = drawn.cancelled;
    into.lines.resize(drawn.line_count);
    for (std::uint32_t i = 0; i < drawn.line_count; ++i) {
      const auto& sku = skus_[drawn.lines[i].rank];
      auto& line = into.lines[i];
      line.sku = sku.name;
      line.quantity = drawn.lines[i].quantity;
      line.unit_price = sku.unit_price;
      line.amount = line.unit_price * line.quantity;
    }
    return true;
  }

  void skip(std::uint64_t count) override {
    index_ += std::min(count, options_.orders - index_);
  }

  std::uint64_t total() const override {
    return options_.orders;
  }

  const std::string& identity() const override {
    return identity_;
  }

  std::string title() const override {
    return fmt::format("{} generated orders, seed {}", options_.orders, options_.seed);
  }

  std::vector<sku_demand> demand() const override {
    std::vector<std::uint64_t> quantities(synthetic_skus);
    for (std::uint64_t index = 0; index < options_.orders; ++index) {
      const auto drawn = draw(index);
      for (std::uint32_t i = 0; i < drawn.line_count; ++i)
        quantities[drawn.lines[i].rank] += drawn.lines[i].quantity;
    }
    std::vector<sku_demand> result;
    for (std::uint32_t rank = 0; rank < synthetic_skus; ++rank)
      if (quantities[rank] > 0)
        result.push_back({skus_[rank].name, quantities[rank]});
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.sku < b.sku; });
    return result;
  }

  const std::vector<rejected_line>& rejected() const override {
    return rejected_;
  }

  std::uint64_t rejected_count() const override {
    return 0;
  }

  std::uint64_t rejected_orders() const override {
    return 0;
  }

private:
  struct article {
    std::string name;
    std::uint64_t unit_price = 0;
  };

  static void write_number(std::string& into, std::uint64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    into.assign(digits, end);
  }

  drawn_order draw(std::uint64_t index) const noexcept {
    split_mix random{mixed_seed(options_.seed, index)};
    drawn_order result;
    result.cancelled = drawn(random(), options_.cancellations_ppm);
    result.customer = random.below(customers);
    auto percent = random.below(100);
    std::uint32_t line_count = 1;
    while (percent >= orders_by_lines[line_count - 1]) {
      percent -= orders_by_lines[line_count - 1];
      ++line_count;
    }
    while (result.line_count < line_count) {
      const auto rank = popularity_.draw(random);
      const auto end = result.lines.begin() + result.line_count;
      if (std::any_of(result.lines.begin(), end, [rank](const auto& line) { return line.rank == rank; }))
        continue;
      result.lines[result.line_count++] = {rank, 1 + random.below(synthetic_quantity_max)};
    }
    return result;
  }

  synthetic_options options_;
  alias_table popularity_;
  std::string identity_;
  std::vector<article> skus_;
  std::vector<rejected_line> rejected_;
  std::uint64_t index_ = 0;
};

} // namespace

std::unique_ptr<order_source> make_synthetic_orders(const synthetic_options& options) {
  return std::make_unique<synthetic_orders>(options);
}

} // namespace reel::demo
