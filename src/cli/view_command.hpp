// `view`: prints rows of a read model.
#pragma once

#include "runtime/projection_view.hpp"

#include <string>
#include <vector>

namespace reel::cli {

struct view_options {
  runtime::view_query query;
  std::string key;      ///< only this row
  std::string count_by; ///< instead of rows: how many have which value of this column
};

struct view_rows {
  std::vector<std::string> columns;
  std::vector<runtime::view_reader::row> rows;
};

/// Errors: those of view_reader, and invalid for a column that does not exist, with the nearest one; not_found for a
/// key without a row.
[[nodiscard]] core::expected<view_rows> read_view(runtime::view_reader& view, const view_options& options);

/// A table with a line of names above it; nothing of an empty cell.
[[nodiscard]] std::string view_text(const view_rows& view);
/// One JSON array of objects, one on a line.
[[nodiscard]] std::string view_json(const view_rows& view);

} // namespace reel::cli
