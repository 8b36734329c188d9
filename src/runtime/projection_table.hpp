// The SQLite file of one read model: its rows, and through which frames they are folded, changed in one transaction.
#pragma once

#include "core/clock.hpp"
#include "runtime/projection_cache.hpp"
#include "runtime/projection_sqlite.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace reel::runtime {

/// What has been read of one journal.
struct journal_position {
  journal_id journal{};
  core::position at;
};

/// Writes one read model. The file is in WAL mode and synchronous NORMAL: a crash of process or machine loses at most
/// the last transactions, rows and positions together, and what is lost is folded again from the journals.
///
/// Not thread-safe. One writer at a time: opening makes any earlier writer's next commit fail. All functions throw
/// sqlite::failure; then nothing of the call is stored.
class projection_table {
public:
  /// Opens or creates the file. A table of another shape (version, columns, inputs, journals) is dropped and positions
  /// start from nothing.
  projection_table(const std::filesystem::path& file, const projection& model, const std::vector<journal_id>& journals);

  /// True when there was a table of another shape.
  [[nodiscard]] bool rebuilt() const noexcept {
    return rebuilt_;
  }
  [[nodiscard]] std::vector<journal_position> positions();
  /// The highest key ever written, by counts_before.
  [[nodiscard]] std::string highest_key();
  /// The key as cell 0 holds it. Throws std::logic_error when an integer key is not a number.
  [[nodiscard]] cell key_cell(std::string_view key) const;
  /// False when a projection changed cell 0.
  [[nodiscard]] bool holds_key(const cached_row& row) const;
  /// Fills the cells of a row from the file; false when it does not exist.
  bool load(cached_row& row);
  /// Writes the cache's dirty rows, the positions and the highest key in one transaction.
  void commit(const row_cache& rows, const std::vector<journal_position>& moved, std::string_view highest_key);

private:
  void configure();
  void create(const std::string& shape);
  void prepare();
  void take_over();
  void check_name() const;
  void sort_rows(const row_cache& rows);
  void write_rows(const row_cache& rows);
  void write_positions(const std::vector<journal_position>& moved);
  void write_state(std::string_view highest_key);
  [[nodiscard]] std::string create_table_sql() const;
  void check_cell(const cell& value, std::size_t column) const;

  /// A column, with its type as a value instead of text.
  struct typed_column {
    std::string name;
    enum class kind { text, integer, real } type = kind::text;
  };
  [[nodiscard]] static std::vector<typed_column> typed(const projection& model);

  std::string name_;
  std::vector<typed_column> columns_;
  std::string file_;
  bool rebuilt_ = false;
  std::int64_t writer_ = 0; // epoch in the file: a later writer has a higher one
  sqlite::connection db_;
  sqlite::statement begin_;
  sqlite::statement commit_;
  sqlite::statement select_;
  sqlite::statement replace_;
  sqlite::statement position_;
  sqlite::statement state_;
  struct sort_key {
    std::uint64_t prefix; ///< decides most comparisons without reading the row
    std::uint32_t index;
  };
  std::vector<sort_key> order_; // scratch
};

} // namespace reel::runtime
