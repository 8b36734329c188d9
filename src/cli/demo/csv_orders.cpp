#include "cli/demo/csv_reader.hpp"
#include "cli/demo/order_input.hpp"
#include "cli/demo/text_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace reel::demo {
namespace {

enum column : std::size_t {
  order_column,
  customer_column,
  sku_column,
  quantity_column,
  price_column,
  cancelled_column,
  column_count
};

constexpr auto absent = static_cast<std::size_t>(-1);

struct header {
  bool online_retail = false;
  field_names names;
  std::array<std::size_t, column_count> index{};
  std::size_t fields = 0;
};

struct column_name {
  std::string_view lowercase;
  column which;
  bool online_retail;
};

constexpr std::array<column_name, 14> column_names{{{"order", order_column, false},
                                                    {"customer", customer_column, false},
                                                    {"sku", sku_column, false},
                                                    {"quantity", quantity_column, false},
                                                    {"unit_price", price_column, false},
                                                    {"cancelled", cancelled_column, false},
                                                    {"invoiceno", order_column, true},
                                                    {"invoice", order_column, true},
                                                    {"stockcode", sku_column, true},
                                                    {"quantity", quantity_column, true},
                                                    {"unitprice", price_column, true},
                                                    {"price", price_column, true},
                                                    {"customerid", customer_column, true},
                                                    {"customer id", customer_column, true}}};

constexpr std::string_view expected_header =
    "expected a header with the columns order,customer,sku,quantity,unit_price or "
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

std::string lowercase(std::string_view text) {
  std::string result{text};
  for (char& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view& name_of(field_names& names, column which) {
  switch (which) {
  case order_column:
    return names.order;
  case customer_column:
    return names.customer;
  case sku_column:
    return names.sku;
  case quantity_column:
    return names.quantity;
  default:
    return names.unit_price;
  }
}

/// How the columns of one of the two formats are called, for errors.
std::string_view canonical_name(column which, bool online_retail) {
  constexpr std::array<std::string_view, column_count> simple{"order",    "customer",   "sku",
                                                              "quantity", "unit_price", "cancelled"};
  constexpr std::array<std::string_view, column_count> retail{"InvoiceNo", "CustomerID", "StockCode",
                                                              "Quantity",  "UnitPrice",  ""};
  return online_retail ? retail[which] : simple[which];
}

core::expected<header> parse_header(std::string_view file, const csv_record& record) {
  const auto fail = [&](std::string what) {
    return core::fail(core::errc::invalid, fmt::format("{}, line {}: {}", file, record.line, what));
  };
  if (!record.fault.empty())
    return fail(fmt::format("{}; {}", record.fault, expected_header));
  header result;
  result.fields = record.fields.size();
  result.index.fill(absent);
  std::vector<std::string> found;
  for (const auto field : record.fields)
    found.push_back(lowercase(trimmed(field)));
  result.online_retail = std::find(found.begin(), found.end(), "stockcode") != found.end();
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const auto& name : column_names) {
      if (name.online_retail != result.online_retail || name.lowercase != found[i])
        continue;
      if (result.index[name.which] != absent)
        return fail(
            fmt::format("two columns are called {}, expected one", canonical_name(name.which, result.online_retail)));
      result.index[name.which] = i;
    }
  }
  std::string missing;
  for (std::size_t which = 0; which < cancelled_column; ++which) {
    const auto name = canonical_name(static_cast<column>(which), result.online_retail);
    name_of(result.names, static_cast<column>(which)) = name;
    if (result.index[which] == absent)
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", name);
  }
  if (!missing.empty())
    return fail(fmt::format("no column called {}; {}", missing, expected_header));
  return result;
}

/// "C536379": an invoice that takes another one back.
bool is_cancellation(std::string_view order, bool online_retail) {
  if (!order.starts_with('C'))
    return false;
  return online_retail || (order.size() > 1 && order.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

std::optional<bool> parse_flag(std::string_view text) {
  const auto flag = lowercase(text);
  if (flag.empty() || flag == "false" || flag == "0" || flag == "no")
    return false;
  if (flag == "true" || flag == "1" || flag == "yes")
    return true;
  return std::nullopt;
}

void add_record(order_table& table, const header& columns, const csv_record& record) {
  if (!record.fault.empty())
    return table.reject(record.line, record.fault);
  const auto field = [&](column which) {
    const auto index = columns.index[which];
    return index < record.fields.size() ? trimmed(record.fields[index]) : std::string_view{};
  };
  raw_line line{.line = record.line,
                .order = field(order_column),
                .customer = field(customer_column),
                .sku = field(sku_column),
                .quantity = field(quantity_column),
                .unit_price = field(price_column)};
  if (record.fields.size() != columns.fields)
    return table.reject(record.line,
                        fmt::format("{} columns, expected {} as in the header", record.fields.size(), columns.fields),
                        line.order);
  // Spreadsheets turn customer numbers into decimals: "12923.0" and "12923" are the same customer.
  if (columns.online_retail && line.customer.ends_with(".0"))
    line.customer.remove_suffix(2);
  const auto flag = parse_flag(field(cancelled_column));
  if (!flag)
    return table.reject(record.line, "column cancelled: expected true or false", line.order);
  line.cancelled = *flag || is_cancellation(line.order, columns.online_retail);
  table.add(line);
}

} // namespace

core::expected<order_table> read_csv_orders(std::string_view name, std::string_view content) {
  csv_reader reader{content};
  csv_record record;
  if (!reader.next(record))
    return core::fail(core::errc::invalid, fmt::format("{}, line 1: {}", name, expected_header));
  const auto columns = parse_header(name, record);
  if (!columns)
    return tl::unexpected(columns.error());
  order_table table{columns->names};
  while (reader.next(record))
    add_record(table, *columns, record);
  return table;
}

} // namespace reel::demo
