#include "cli/demo/order_table.hpp"

#include "cli/demo/random.hpp"
#include "cli/demo/text_number.hpp"
#include "core/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace reel::demo {
namespace {

/// As it stands in a reason: bounded, and without bytes that would disturb a terminal.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  std::string result = "\"";
  for (const char c : text.substr(0, shown_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f)
      result += fmt::format("\\x{:02x}", byte);
    else
      result.push_back(c);
  }
  result += text.size() > shown_max ? "...\"" : "\"";
  return result;
}

std::optional<std::string> text_fault(std::string_view column, std::string_view value, std::size_t bytes_max) {
  if (value.size() > bytes_max)
    return fmt::format("column {}: {} bytes, at most {} are accepted", column, value.size(), bytes_max);
  if (!is_utf8(value))
    return fmt::format("column {}: {} is not valid UTF-8", column, quoted(value));
  if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return fmt::format("column {}: {} has a control character", column, quoted(value));
  return std::nullopt;
}

std::optional<std::string> key_fault(std::string_view column, std::string_view value, std::size_t bytes_max) {
  if (value.empty())
    return fmt::format("column {}: empty, expected a value", column);
  return text_fault(column, value, bytes_max);
}

std::optional<std::string> quantity_fault(std::string_view column, std::string_view text, bool cancelled,
                                          std::uint32_t& into) {
  const auto value = parse_integer(text);
  if (!value)
    return fmt::format("column {}: {} is no whole number", column, quoted(text));
  if (*value == 0)
    return fmt::format("column {}: quantity is zero, expected at least 1", column);
  if (*value < 0 && !cancelled)
    return fmt::format("column {}: quantity {} is negative in an order that is not a cancellation", column, *value);
  const auto magnitude = static_cast<std::uint64_t>(*value < 0 ? -*value : *value);
  if (magnitude > quantity_max)
    return fmt::format("column {}: quantity {} exceeds {}", column, magnitude, quantity_max);
  into = static_cast<std::uint32_t>(magnitude);
  return std::nullopt;
}

std::optional<std::string> price_fault(std::string_view column, std::string_view text, std::uint32_t& into) {
  const auto pence = parse_pence(text);
  if (!pence)
    return fmt::format("column {}: {} is no decimal number such as 4.15", column, quoted(text));
  if (*pence < 0)
    return fmt::format("column {}: price {} is negative", column, text);
  if (*pence == 0)
    return fmt::format("column {}: price {} is zero{}", column, text,
                       text.find_first_of("123456789") == std::string_view::npos ? "" : " when rounded to pence");
  if (static_cast<std::uint64_t>(*pence) > unit_price_pence_max)
    return fmt::format("column {}: price {} exceeds {}", column, text, unit_price_pence_max / 100);
  into = static_cast<std::uint32_t>(*pence);
  return std::nullopt;
}

/// A SKU of an order.
std::uint64_t key_of(std::uint32_t order, std::uint32_t sku) noexcept {
  return std::uint64_t{order} << 32 | sku;
}

static_assert(unit_price_pence_max <= std::numeric_limits<std::uint32_t>::max());
static_assert(std::uint64_t{quantity_max} * unit_price_pence_max <
              std::numeric_limits<std::uint64_t>::max() / order_lines_max);

} // namespace

std::uint32_t string_pool::intern(std::string_view text) {
  if (const auto found = indices_.find(text); found != indices_.end())
    return found->second;
  const auto index = static_cast<std::uint32_t>(strings_.size());
  indices_.emplace(strings_.emplace_back(text), index);
  return index;
}

order_table::order_table(field_names names) : names_{names} {}

void order_table::reject(std::uint64_t line, std::string reason, std::string_view order) {
  ++rejected_count_;
  if (rejected_.size() < rejected_kept_max)
    rejected_.push_back({line, std::move(reason)});
  if (key_fault({}, order, order_id_bytes_max))
    return;
  // The order is known from now on: when no other line makes it real, it is counted as rejected.
  if (order_ids_.intern(order) == orders_.size())
    orders_.emplace_back();
}

std::optional<std::string> order_table::fault_of(const raw_line& line, line_entry& into) const {
  if (auto fault = key_fault(names_.order, line.order, order_id_bytes_max))
    return fault;
  if (auto fault = text_fault(names_.customer, line.customer, customer_bytes_max))
    return fault;
  if (auto fault = key_fault(names_.sku, line.sku, sku_bytes_max))
    return fault;
  if (auto fault = quantity_fault(names_.quantity, line.quantity, line.cancelled, into.quantity))
    return fault;
  return price_fault(names_.unit_price, line.unit_price, into.unit_price);
}

std::optional<std::string> order_table::conflict_of(const raw_line& line, const entry& order) const {
  if (order.line_count >= order_lines_max)
    return fmt::format("order {} has {} lines already, more are not accepted", line.order, order_lines_max);
  if (order.named_customer && !line.customer.empty() && customers_[order.customer] != line.customer)
    return fmt::format("column {}: order {} belongs to customer {} in an earlier line, here it says {}",
                       names_.customer, line.order, customers_[order.customer], line.customer);
  return std::nullopt;
}

void order_table::add(const raw_line& line) {
  line_entry accepted;
  if (auto fault = fault_of(line, accepted))
    return reject(line.line, std::move(*fault), line.order);
  accepted.order = order_ids_.intern(line.order);
  if (accepted.order == orders_.size())
    orders_.emplace_back();
  auto& order = orders_[accepted.order];
  if (auto conflict = conflict_of(line, order))
    return reject(line.line, std::move(*conflict), line.order);
  if (order.line_count++ == 0)
    sequence_.push_back(accepted.order);
  if (!order.named_customer) {
    order.named_customer = !line.customer.empty();
    order.customer = customers_.intern(order.named_customer ? line.customer : guest_customer);
  }
  order.cancelled |= line.cancelled;
  accepted.sku = skus_.intern(line.sku);
  accepted.file_line = static_cast<std::uint32_t>(std::min<std::uint64_t>(line.line, UINT32_MAX));
  lines_.push_back(accepted);
}

/// Brings the lines of each order together, keeping their order in the file.
void order_table::group() {
  std::uint32_t at = 0;
  for (const auto index : sequence_) {
    orders_[index].first_line = at;
    at += orders_[index].line_count;
  }
  const auto earlier = [this](const line_entry& a, const line_entry& b) {
    return orders_[a.order].first_line < orders_[b.order].first_line;
  };
  if (!std::is_sorted(lines_.begin(), lines_.end(), earlier)) {
    std::vector<std::uint32_t> next(orders_.size());
    for (std::size_t i = 0; i < orders_.size(); ++i)
      next[i] = orders_[i].first_line;
    std::vector<line_entry> grouped(lines_.size());
    for (const auto& line : lines_)
      grouped[next[line.order]++] = line;
    lines_ = std::move(grouped);
  }
  for (const auto index : sequence_)
    merge_same_sku(orders_[index]);
}

/// An order reserves each SKU once. Amounts are added exactly, so no money is lost when the prices differ.
void order_table::merge_same_sku(entry& order) {
  const auto first = lines_.begin() + order.first_line;
  std::unordered_map<std::uint32_t, std::uint32_t> places; // SKU -> index among the kept; only for long orders
  constexpr std::uint32_t scanned_max = 32;
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < order.line_count; ++i) {
    const auto line = first[i];
    auto place = kept;
    if (order.line_count <= scanned_max)
      place = static_cast<std::uint32_t>(
          std::find_if(first, first + kept, [&](const auto& other) { return other.sku == line.sku; }) - first);
    else if (const auto found = places.emplace(line.sku, kept); !found.second)
      place = found.first->second;
    if (place == kept) {
      first[kept++] = line;
      continue;
    }
    auto& merged = first[place];
    if (merged.quantity + line.quantity > quantity_max) {
      reject(line.file_line,
             fmt::format("column {}: SKU {} of this order would come to {} pieces, more than {}", names_.quantity,
                         skus_[line.sku], merged.quantity + line.quantity, quantity_max));
      continue;
    }
    merge(merged, line);
  }
  order.line_count = kept;
}

void order_table::merge(line_entry& into, const line_entry& line) {
  const auto amount = amount_of(into) + std::uint64_t{line.unit_price} * line.quantity;
  into.quantity += line.quantity;
  amounts_.erase(key_of(into.order, into.sku));
  if (amount == std::uint64_t{into.unit_price} * into.quantity)
    return;
  into.unit_price = static_cast<std::uint32_t>((amount + into.quantity / 2) / into.quantity);
  amounts_[key_of(into.order, into.sku)] = amount;
}

std::uint64_t order_table::amount_of(const line_entry& line) const {
  if (!amounts_.empty())
    if (const auto merged = amounts_.find(key_of(line.order, line.sku)); merged != amounts_.end())
      return merged->second;
  return std::uint64_t{line.unit_price} * line.quantity;
}

/// The orders of a table, one after the other.
class table_orders final : public order_source {
public:
  table_orders(order_table table, std::string title, std::string identity, const cancellation_draw& cancellations)
      : table_{std::move(table)}, title_{std::move(title)}, identity_{std::move(identity)}, cancellations_{
                                                                                                cancellations} {}

  bool next(order& into) override {
    if (index_ >= table_.sequence_.size())
      return false;
    const auto which = table_.sequence_[index_++];
    const auto& entry = table_.orders_[which];
    into.id = table_.order_ids_[which];
    into.customer = table_.customers_[entry.customer];
    into.cancelled_by_customer =
        entry.cancelled ||
        drawn(mixed_seed(cancellations_.seed, core::xxh3(table_.order_ids_[which])), cancellations_.share_ppm);
    into.lines.resize(entry.line_count);
    for (std::uint32_t i = 0; i < entry.line_count; ++i) {
      const auto& line = table_.lines_[entry.first_line + i];
      into.lines[i].sku = table_.skus_[line.sku];
      into.lines[i].quantity = line.quantity;
      into.lines[i].unit_price = line.unit_price;
      into.lines[i].amount = table_.amount_of(line);
    }
    return true;
  }

  void skip(std::uint64_t count) override {
    index_ += std::min<std::uint64_t>(count, table_.sequence_.size() - index_);
  }

  std::uint64_t total() const override {
    return table_.sequence_.size();
  }

  const std::string& identity() const override {
    return identity_;
  }

  std::string title() const override {
    return title_;
  }

  std::vector<sku_demand> demand() const override {
    std::vector<std::uint64_t> quantities(table_.skus_.size());
    for (const auto index : table_.sequence_) {
      const auto& entry = table_.orders_[index];
      for (std::uint32_t i = 0; i < entry.line_count; ++i) {
        const auto& line = table_.lines_[entry.first_line + i];
        quantities[line.sku] += line.quantity;
      }
    }
    std::vector<sku_demand> result;
    for (std::uint32_t i = 0; i < quantities.size(); ++i)
      if (quantities[i] > 0)
        result.push_back({table_.skus_[i], quantities[i]});
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.sku < b.sku; });
    return result;
  }

  const std::vector<rejected_line>& rejected() const override {
    return table_.rejected_;
  }

  std::uint64_t rejected_count() const override {
    return table_.rejected_count_;
  }

  std::uint64_t rejected_orders() const override {
    return table_.orders_.size() - table_.sequence_.size();
  }

private:
  order_table table_;
  std::string title_;
  std::string identity_;
  cancellation_draw cancellations_;
  std::size_t index_ = 0;
};

std::unique_ptr<order_source> order_table::finish(order_table table, std::string title, std::string identity,
                                                  const cancellation_draw& cancellations) {
  table.order_ids_.finish();
  table.customers_.finish();
  table.skus_.finish();
  table.group();
  std::stable_sort(table.rejected_.begin(), table.rejected_.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return std::make_unique<table_orders>(std::move(table), std::move(title), std::move(identity), cancellations);
}

} // namespace reel::demo
