#include "cli/view_command.hpp"

#include "cli/format.hpp"
#include "cli/json_text.hpp"
#include "core/nearest_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {
namespace {

bool is_number(const cell& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::string text_of(const cell& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return printable(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return fmt::format("{}", *number);
  if (const auto* real = std::get_if<double>(&value))
    return fmt::format("{}", *real);
  return {};
}

std::string json_of(const cell& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return json_string(*text);
  return std::holds_alternative<std::monostate>(value) ? "null" : text_of(value);
}

core::expected<view_rows> count_rows(runtime::view_reader& view, const std::string& column) {
  const std::vector<std::string_view> known(view.columns().begin(), view.columns().end());
  if (std::find(known.begin(), known.end(), column) == known.end())
    return core::fail(core::errc::invalid, core::no_such_name("column", column, known));
  auto counts = view.count_by(column);
  if (!counts)
    return tl::unexpected(std::move(counts.error()));
  view_rows result{{column, "count"}, {}};
  for (auto& [value, count] : *counts)
    result.rows.push_back({std::move(value), static_cast<std::int64_t>(count)});
  return result;
}

} // namespace

core::expected<view_rows> read_view(runtime::view_reader& view, const view_options& options) {
  if (!options.count_by.empty())
    return count_rows(view, options.count_by);
  view_rows result{view.columns(), {}};
  if (!options.key.empty()) {
    auto row = view.find(options.key);
    if (!row)
      return tl::unexpected(std::move(row.error()));
    if (!row->has_value())
      return core::fail(core::errc::not_found, fmt::format("there is no row {}", options.key));
    result.rows.push_back(std::move(**row));
    return result;
  }
  if (auto listed = view.list(options.query, [&](const auto& row) { result.rows.push_back(row); }); !listed)
    return tl::unexpected(std::move(listed.error()));
  return result;
}

std::string view_text(const view_rows& view) {
  std::vector<std::size_t> widths;
  std::vector<bool> to_the_right;
  for (std::size_t c = 0; c < view.columns.size(); ++c) {
    std::size_t width = columns_of(view.columns[c]);
    bool numbers = !view.rows.empty();
    for (const auto& row : view.rows) {
      width = std::max(width, columns_of(text_of(row[c])));
      numbers = numbers && (is_number(row[c]) || std::holds_alternative<std::monostate>(row[c]));
    }
    widths.push_back(width);
    to_the_right.push_back(numbers);
  }
  const auto line = [&](const auto& cell_text) {
    std::string text;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      const auto content = cell_text(c);
      const std::string padding(widths[c] - columns_of(content), ' ');
      text += (c == 0 ? "" : "  ") + (to_the_right[c] ? padding + content : content + padding);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  auto text = line([&](std::size_t c) { return view.columns[c]; });
  for (const auto& row : view.rows)
    text += line([&](std::size_t c) { return text_of(row[c]); });
  return text;
}

std::string view_json(const view_rows& view) {
  std::string objects;
  for (const auto& row : view.rows) {
    std::string members;
    for (std::size_t c = 0; c < view.columns.size(); ++c)
      members += fmt::format("{}{}:{}", c == 0 ? "" : ",", json_string(view.columns[c]), json_of(row[c]));
    objects += fmt::format("{}{{{}}}", objects.empty() ? "" : ",\n ", members);
  }
  return "[" + objects + "]";
}

} // namespace reel::cli
