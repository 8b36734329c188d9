#include "cli/demo/order_input.hpp"

#include "cli/demo/text_number.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace reel::demo {
namespace {

constexpr std::size_t json_line_bytes_max = 1 << 20;

/// What one object says about an order or one of its lines, all still text: a number must not pass through floating
/// point.
struct json_line {
  std::optional<std::string> sku, quantity, unit_price;
};

struct json_order {
  std::optional<std::string> order, customer;
  std::optional<bool> cancelled;
  json_line line; ///< for an object per line
  std::optional<std::vector<json_line>> lines;
};

/// Takes one object apart as nlohmann's SAX parser reports it. Numbers arrive with their text.
class order_handler final : public nlohmann::json_sax<nlohmann::json> {
public:
  json_order result;
  std::string fault;

  bool null() override {
    return scalar(std::nullopt, "null");
  }
  bool boolean(bool value) override {
    if (depth_ == 1 && key_ == "cancelled") {
      result.cancelled = value;
      return true;
    }
    return scalar(std::nullopt, value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override {
    return scalar(std::to_string(value), {});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return scalar(std::to_string(value), {});
  }
  bool number_float(number_float_t, const string_t& text) override {
    return scalar(text, {});
  }
  bool string(string_t& value) override {
    return scalar(std::move(value), {});
  }
  bool binary(binary_t&) override {
    return false;
  }

  bool start_object(std::size_t) override {
    if (depth_ == 0) {
      depth_ = 1;
      return true;
    }
    if (in_lines_ && depth_ == 2) {
      depth_ = 3;
      result.lines->emplace_back();
      return true;
    }
    return fail(fmt::format("\"{}\" is an object, expected a text or a number", key_));
  }
  bool end_object() override {
    depth_ = depth_ == 3 ? 2 : 0;
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ != 1 || key_ != "lines")
      return fail(depth_ == 0 ? std::string{"an array, expected one JSON object per line"}
                              : fmt::format("\"{}\" is an array, expected a text or a number", key_));
    if (result.lines)
      return fail("\"lines\" stands twice");
    result.lines.emplace();
    in_lines_ = true;
    depth_ = 2;
    return true;
  }
  bool end_array() override {
    in_lines_ = false;
    depth_ = 1;
    return true;
  }
  bool key(string_t& name) override {
    key_ = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return fail(fmt::format("column {}: no valid JSON, expected one object per line", position));
  }

private:
  bool fail(std::string reason) {
    fault = std::move(reason);
    return false;
  }

  bool scalar(std::optional<std::string> text, std::string_view other) {
    if (depth_ == 0 || depth_ == 2)
      return fail(depth_ == 0 ? "expected one JSON object per line" : "\"lines\" holds a value, expected objects");
    auto* const place = place_of_key();
    if (place == nullptr)
      return depth_ == 1 && (key_ == "lines" || key_ == "cancelled")
                 ? fail(fmt::format("\"{}\" has the wrong type, expected {}", key_,
                                    key_ == "lines" ? "an array of objects" : "true or false"))
                 : true;
    // A customer may be unknown; everything else has to be there.
    if (!text && !(key_ == "customer" && other == "null"))
      return fail(fmt::format("\"{}\" is {}, expected a text or a number", key_, other));
    if (place->has_value())
      return fail(fmt::format("\"{}\" stands twice", key_));
    *place = text ? std::move(*text) : std::string{};
    return true;
  }

  std::optional<std::string>* place_of_key() {
    if (depth_ == 1 && key_ == "order")
      return &result.order;
    if (depth_ == 1 && key_ == "customer")
      return &result.customer;
    auto& line = depth_ == 3 ? result.lines->back() : result.line;
    if (key_ == "sku")
      return &line.sku;
    if (key_ == "quantity")
      return &line.quantity;
    if (key_ == "unit_price")
      return &line.unit_price;
    return nullptr;
  }

  int depth_ = 0; // 1 in the object, 2 in "lines", 3 in one of its objects
  bool in_lines_ = false;
  std::string key_;
};

std::string_view text_of(const std::optional<std::string>& field) {
  return field ? trimmed(*field) : std::string_view{};
}

void add_line(order_table& table, std::uint64_t number, const json_order& order, const json_line& line) {
  const std::string_view missing = !order.order       ? "order"
                                   : !line.sku        ? "sku"
                                   : !line.quantity   ? "quantity"
                                   : !line.unit_price ? "unit_price"
                                                      : "";
  if (!missing.empty())
    return table.reject(number, fmt::format("no member \"{}\"", missing), text_of(order.order));
  table.add({.line = number,
             .order = text_of(order.order),
             .customer = text_of(order.customer),
             .sku = text_of(line.sku),
             .quantity = text_of(line.quantity),
             .unit_price = text_of(line.unit_price),
             .cancelled = order.cancelled.value_or(false)});
}

void add_object(order_table& table, std::uint64_t number, std::string_view text) {
  if (text.size() > json_line_bytes_max)
    return table.reject(number, fmt::format("{} bytes, at most {} are accepted", text.size(), json_line_bytes_max));
  order_handler handler;
  if (!nlohmann::json::sax_parse(text, &handler))
    return table.reject(number, handler.fault, text_of(handler.result.order));
  const auto& order = handler.result;
  if (!order.lines)
    return add_line(table, number, order, order.line);
  if (order.line.sku || order.line.quantity || order.line.unit_price)
    return table.reject(number, "both \"lines\" and a line of its own, expected one of them", text_of(order.order));
  if (order.lines->empty())
    return table.reject(number, "\"lines\" is empty, expected at least one line", text_of(order.order));
  for (const auto& line : *order.lines)
    add_line(table, number, order, line);
}

} // namespace

core::expected<order_table> read_json_orders(std::string_view name, std::string_view content) {
  const auto first = content.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && content[first] == '[')
    return core::fail(core::errc::invalid,
                      fmt::format("{}, line 1: a JSON array, expected JSON lines: one object per line", name));
  order_table table{field_names{}};
  for (std::uint64_t number = 1; !content.empty(); ++number) {
    const auto end = content.find('\n');
    auto line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      add_object(table, number, line);
  }
  return table;
}

} // namespace reel::demo
