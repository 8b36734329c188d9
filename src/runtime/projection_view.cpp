#include "runtime/projection_view.hpp"

#include "runtime/projection_store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

namespace reel::runtime {

namespace {

/// Runs `body`; SQLite's exceptions become values.
template <class Body>
auto guarded(Body body) -> core::expected<decltype(body())> {
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      return {};
    } else {
      return body();
    }
  } catch (const sqlite::failure& failure) {
    const bool by_query = failure.code() == SQLITE_ERROR || failure.code() == SQLITE_MISUSE;
    return core::fail(by_query ? core::errc::invalid : core::errc::io, failure.what());
  }
}

std::string condition(const std::string& where) {
  return where.empty() ? std::string() : " WHERE (" + where + ")";
}

/// A read-only connection refuses to change the view; this also refuses to attach or create other files.
sqlite::statement select(sqlite::connection& db, const std::string& sql) {
  sqlite::statement result(db, sql, "query it");
  if (!result.read_only()) {
    throw sqlite::failure("cannot query it: the SQL changes something: " + sql, SQLITE_MISUSE);
  }
  return result;
}

view_reader::row current_row(const sqlite::statement& statement) {
  view_reader::row result;
  for (int i = 0; i < statement.columns(); ++i) {
    result.push_back(statement.value(i));
  }
  return result;
}

std::uint64_t as_unsigned(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value);
}

} // namespace

view_reader::view_reader(std::unique_ptr<sqlite::connection> db, std::string table)
    : db_(std::move(db)), table_(std::move(table)) {
  const auto all = select(*db_, "SELECT * FROM " + table_);
  for (int i = 0; i < all.columns(); ++i) {
    columns_.emplace_back(all.column_name(i));
  }
}

core::expected<view_reader> view_reader::open(const std::filesystem::path& views, std::string_view name) {
  const auto file = view_file(views, name);
  std::error_code ignored; // "cannot tell" is treated like "is not there"
  if (!std::filesystem::exists(file, ignored)) {
    return core::fail(core::errc::not_found,
                      "there is no read model \"" + std::string(name) + "\" in " + views.string());
  }
  return guarded([&] {
    return view_reader(std::make_unique<sqlite::connection>(file, sqlite::access::read_only), sqlite::quoted(name));
  });
}

core::expected<std::optional<view_reader::row>> view_reader::find(std::string_view key) {
  return guarded([&] {
    // The bound text becomes a number by itself when the key column is an integer.
    auto statement = select(*db_, "SELECT * FROM " + table_ + " WHERE " + sqlite::quoted(columns_.front()) + " = ?1");
    statement.bind(1, key);
    return statement.step() ? std::optional(current_row(statement)) : std::nullopt;
  });
}

core::expected<void> view_reader::list(const view_query& query, const std::function<void(const row&)>& visit) {
  return guarded([&] {
    auto statement =
        select(*db_, "SELECT * FROM " + table_ + condition(query.where) + " ORDER BY " +
                         (query.order_by.empty() ? sqlite::quoted(columns_.front()) : query.order_by) + " LIMIT ?1");
    constexpr std::uint64_t limit_max = std::numeric_limits<std::int64_t>::max();
    statement.bind(1, static_cast<std::int64_t>(std::min(query.limit, limit_max)));
    while (statement.step()) {
      visit(current_row(statement));
    }
  });
}

core::expected<std::uint64_t> view_reader::count(const std::string& where) {
  return guarded([&] {
    auto statement = select(*db_, "SELECT count(*) FROM " + table_ + condition(where));
    statement.step();
    return as_unsigned(statement.integer(0));
  });
}

core::expected<std::vector<std::pair<cell, std::uint64_t>>> view_reader::count_by(std::string_view column) {
  // SQLite takes an unknown quoted name for a string.
  if (std::find(columns_.begin(), columns_.end(), column) == columns_.end()) {
    return core::fail(core::errc::invalid, "the read model has no column \"" + std::string(column) + "\"");
  }
  return guarded([&] {
    auto statement = select(*db_, "SELECT " + sqlite::quoted(column) + ", count(*) FROM " + table_ +
                                      " GROUP BY 1 ORDER BY 2 DESC, 1");
    std::vector<std::pair<cell, std::uint64_t>> result;
    while (statement.step()) {
      result.emplace_back(statement.value(0), as_unsigned(statement.integer(1)));
    }
    return result;
  });
}

core::expected<std::vector<journal_position>> view_reader::positions() {
  return guarded([&] {
    auto statement = select(*db_, "SELECT journal, sequence, hash FROM reel_positions ORDER BY journal");
    std::vector<journal_position> result;
    while (statement.step()) {
      result.push_back({journal_id{static_cast<std::uint32_t>(statement.integer(0))},
                        {frame_sequence{as_unsigned(statement.integer(1))}, as_unsigned(statement.integer(2))}});
    }
    return result;
  });
}

} // namespace reel::runtime
