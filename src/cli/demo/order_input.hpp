// Opens a file of orders: CSV, the UCI Online Retail file as it is, or JSON lines.
#pragma once

#include "cli/demo/order_source.hpp"
#include "cli/demo/order_table.hpp"
#include "core/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace reel::demo {

struct order_input_options {
  std::string path;
  cancellation_draw cancellations; ///< besides the cancellations that the file itself has
};

/// Reads the whole file and groups its lines into orders. JSON lines when the content starts with `{`, or the name
/// ends in .jsonl, .ndjson or .json; CSV otherwise. Errors (invalid, io) name the file, the line and what was
/// expected; a bad line is no error but a rejected line of the source.
[[nodiscard]] core::expected<std::unique_ptr<order_source>> open_orders(const order_input_options& options);

/// The same for content in memory. `name` stands in errors and in the title.
[[nodiscard]] core::expected<std::unique_ptr<order_source>> read_orders(std::string_view name, std::string_view content,
                                                                        const cancellation_draw& cancellations = {});

/// The formats. The content has no byte order mark any more.
///
/// CSV: a header, then one line of an order per record. Either the columns order, customer, sku, quantity, unit_price
/// and, when wanted, cancelled (true or false), or those of the UCI Online Retail file: InvoiceNo, StockCode,
/// Quantity, UnitPrice, CustomerID (the older names Invoice, Price and "Customer ID" count too). Columns stand in any
/// order; others are ignored. An order whose number is a C and digits (in the UCI file: starts with a C) is one that
/// its customer cancels.
[[nodiscard]] core::expected<order_table> read_csv_orders(std::string_view name, std::string_view content);

/// JSON lines: an object per order, {"order", "customer", "lines": [{"sku", "quantity", "unit_price"}], "cancelled"},
/// or an object per line of an order, {"order", "customer", "sku", "quantity", "unit_price"}. Numbers may stand in
/// quotes.
[[nodiscard]] core::expected<order_table> read_json_orders(std::string_view name, std::string_view content);

} // namespace reel::demo
