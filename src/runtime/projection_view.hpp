// Reads a read model's file, also while it is being written: single rows, lists, counts.
#pragma once

#include "core/error.hpp"
#include "runtime/projection_table.hpp"

#include <reel/projection.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reel::runtime {

struct view_query {
  std::string where;    ///< an SQL condition, written by the person who asks; empty: all rows
  std::string order_by; ///< SQL; empty: by key
  std::uint64_t limit = 100;
};

/// Read-only: never blocks the writer and is not blocked by it; each call sees one consistent state. Not thread-safe.
class view_reader {
public:
  using row = projection::row;

  /// `name` is the projection's. Errors: not_found, io.
  [[nodiscard]] static core::expected<view_reader> open(const std::filesystem::path& views, std::string_view name);

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept {
    return columns_;
  }
  /// Errors of the following: invalid (the query's SQL, in SQLite's words), io.
  [[nodiscard]] core::expected<std::optional<row>> find(std::string_view key);
  [[nodiscard]] core::expected<void> list(const view_query& query, const std::function<void(const row&)>& visit);
  [[nodiscard]] core::expected<std::uint64_t> count(const std::string& where = {});
  /// How many rows have which value of a column, the most frequent first.
  [[nodiscard]] core::expected<std::vector<std::pair<cell, std::uint64_t>>> count_by(std::string_view column);
  /// Through which frames the rows are folded.
  [[nodiscard]] core::expected<std::vector<journal_position>> positions();

private:
  view_reader(std::unique_ptr<sqlite::connection> db, std::string table);

  std::unique_ptr<sqlite::connection> db_; // a pointer, because statements refer to it
  std::string table_;                      // quoted
  std::vector<std::string> columns_;
};

} // namespace reel::runtime
