#include "runtime/projection_table.hpp"

#include "runtime/projection_filter.hpp"

#include <algorithm>
#include <charconv>

namespace reel::runtime {

namespace {

/// Names of our own tables start with this, so a read model's name must not.
constexpr std::string_view own_prefix = "reel_";
/// Changes when the layout of our own tables does.
constexpr std::string_view format = "reel view 1";
/// Positions are unsigned and SQLite's integers are not; the bits are the same.
std::int64_t as_signed(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value);
}
std::uint64_t as_unsigned(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value);
}

/// 16 MiB of pages stay in memory: the end of the table, where new rows go, and much of its inner nodes.
constexpr int page_cache_kib = 16 * 1024;
/// Pages in the WAL before they are copied into the table: large, because the same pages are written again and again.
constexpr int checkpoint_pages = 8 * 1024;
/// The WAL is cut to this size after a reader held it up.
constexpr std::int64_t wal_bytes_max = 64LL * 1024 * 1024;

/// Everything that the rows depend on besides the journals' content. Another shape: the rows are folded again.
std::string shape_of(const projection& model, const std::vector<journal_id>& journals) {
  std::string shape = std::string(format) + "; name " + std::string(model.name()) + "; version " +
                      std::to_string(model.version()) + "; columns";
  for (const auto& c : model.columns()) {
    shape += " " + sqlite::quoted(c.name) + " " + std::string(c.type) + ",";
  }
  auto inputs = model.inputs();
  std::sort(inputs.begin(), inputs.end());
  shape += " inputs";
  for (const auto type : inputs) {
    shape += " " + std::to_string(static_cast<std::uint32_t>(type));
  }
  auto sorted = journals;
  std::sort(sorted.begin(), sorted.end());
  shape += "; journals";
  for (const auto journal : sorted) {
    shape += " " + std::to_string(static_cast<std::uint32_t>(journal));
  }
  return shape;
}

/// Unsigned numbers that compare as the keys do; texts by their first eight bytes.
std::uint64_t prefix_of(std::int64_t key) noexcept {
  return static_cast<std::uint64_t>(key) ^ (std::uint64_t{1} << 63U);
}
std::uint64_t prefix_of(std::string_view key) noexcept {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    result = result << 8U | (i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0U);
  }
  return result;
}

/// Opens a transaction; rolls it back unless it was committed.
class transaction {
public:
  transaction(sqlite::connection& on, sqlite::statement& begin) : on_(&on) {
    begin.execute();
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    if (on_->in_transaction()) { // SQLite has rolled back by itself after some errors
      try {
        on_->run("ROLLBACK", "roll back");
      } catch (
          const sqlite::failure&) { // the error that brought us here is on its way; closing the file rolls back as well
        return;
      }
    }
  }
  void commit(sqlite::statement& statement) {
    statement.execute();
  }

private:
  sqlite::connection* on_;
};

} // namespace

projection_table::projection_table(const std::filesystem::path& file, const projection& model,
                                   const std::vector<journal_id>& journals)
    : name_(model.name()), columns_(typed(model)), file_(file.string()), db_(file, sqlite::access::read_write) {
  check_name();
  configure();
  create(shape_of(model, journals));
  prepare();
  take_over();
}

std::vector<projection_table::typed_column> projection_table::typed(const projection& model) {
  const auto where = "read model " + std::string(model.name());
  std::vector<typed_column> result;
  for (const auto& c : model.columns()) {
    typed_column column{std::string(c.name)};
    if (c.type == "integer") {
      column.type = typed_column::kind::integer;
    } else if (c.type == "real") {
      column.type = typed_column::kind::real;
    } else if (c.type != "text") {
      throw std::invalid_argument(where + ": column " + column.name + " has type \"" + std::string(c.type) +
                                  "\", expected text, integer or real");
    }
    result.push_back(std::move(column));
  }
  if (result.empty() || result.front().type == typed_column::kind::real) {
    throw std::invalid_argument(where + ": its first column is the key and must be of type text or integer");
  }
  return result;
}

void projection_table::check_name() const {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  if (name_.empty() || !std::all_of(name_.begin(), name_.end(), good) || name_.starts_with(own_prefix) ||
      name_.starts_with("sqlite_")) {
    throw std::invalid_argument("read model \"" + name_ +
                                "\": its name must be of a-z, 0-9, _ and -, and not start with reel_ or sqlite_");
  }
}

void projection_table::configure() {
  db_.run("PRAGMA temp_store = MEMORY;"
          "PRAGMA journal_mode = WAL;"
          "PRAGMA synchronous = NORMAL;"
          "PRAGMA wal_autocheckpoint = " +
              std::to_string(checkpoint_pages) + ";PRAGMA journal_size_limit = " + std::to_string(wal_bytes_max) +
              ";PRAGMA cache_size = -" + std::to_string(page_cache_kib),
          "configure it");
}

void projection_table::create(const std::string& shape) {
  sqlite::statement begin(db_, "BEGIN IMMEDIATE", "begin");
  sqlite::statement commit(db_, "COMMIT", "commit");
  transaction change(db_, begin);
  db_.run("CREATE TABLE IF NOT EXISTS reel_view (id INTEGER PRIMARY KEY CHECK (id = 1), shape TEXT NOT NULL,"
          " writer INTEGER NOT NULL, highest_key TEXT NOT NULL) STRICT;"
          "CREATE TABLE IF NOT EXISTS reel_positions (journal INTEGER PRIMARY KEY, sequence INTEGER NOT NULL,"
          " hash INTEGER NOT NULL) STRICT",
          "create its tables");
  sqlite::statement stored(db_, "SELECT shape FROM reel_view", "read its shape");
  const bool exists = stored.step();
  const bool same = exists && stored.text(0) == shape;
  stored.reset();
  if (!same) {
    rebuilt_ = exists;
    std::string drop = "DELETE FROM reel_positions;";
    sqlite::statement tables(
        db_,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'reel\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        "list its tables");
    while (tables.step()) {
      drop += "DROP TABLE " + sqlite::quoted(tables.text(0)) + ";";
    }
    tables.reset();
    db_.run(drop + create_table_sql(), "create its table");
    sqlite::statement state(db_,
                            "INSERT INTO reel_view (id, shape, writer, highest_key) VALUES (1, ?1, 0, '')"
                            " ON CONFLICT (id) DO UPDATE SET shape = ?1, highest_key = ''",
                            "store its shape");
    state.bind(1, std::string_view(shape));
    state.execute();
  }
  change.commit(commit);
}

std::string projection_table::create_table_sql() const {
  static constexpr std::string_view types[] = {"TEXT", "INTEGER", "REAL"};
  std::string sql = "CREATE TABLE " + sqlite::quoted(name_) + " (";
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    sql += (i == 0 ? "" : ", ") + sqlite::quoted(columns_[i].name) + " " +
           std::string(types[static_cast<std::size_t>(columns_[i].type)]) + (i == 0 ? " PRIMARY KEY NOT NULL" : "");
  }
  // A text key is the B-tree itself: one search for each row, and keys that count up stay together. An integer key is
  // the rowid.
  return sql + (columns_[0].type == typed_column::kind::integer ? ") STRICT" : ") STRICT, WITHOUT ROWID");
}

void projection_table::prepare() {
  const auto table = sqlite::quoted(name_);
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    names += (i == 0 ? "" : ", ") + sqlite::quoted(columns_[i].name);
    values += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
  }
  begin_ = {db_, "BEGIN IMMEDIATE", "begin a transaction"};
  commit_ = {db_, "COMMIT", "commit"};
  select_ = {db_, "SELECT " + names + " FROM " + table + " WHERE " + sqlite::quoted(columns_[0].name) + " = ?1",
             "read a row"};
  // REPLACE overwrites in place: with no index but the key it is the cheapest upsert.
  replace_ = {db_, "REPLACE INTO " + table + " (" + names + ") VALUES (" + values + ")", "write a row"};
  position_ = {db_, "REPLACE INTO reel_positions (journal, sequence, hash) VALUES (?1, ?2, ?3)", "write a position"};
  state_ = {db_, "UPDATE reel_view SET highest_key = ?1 WHERE id = 1 AND writer = ?2", "write its state"};
}

void projection_table::take_over() {
  transaction change(db_, begin_);
  db_.run("UPDATE reel_view SET writer = writer + 1", "become its writer");
  sqlite::statement writer(db_, "SELECT writer FROM reel_view", "become its writer");
  writer.step();
  const auto taken = writer.integer(0);
  writer.reset();
  change.commit(commit_);
  writer_ = taken;
}

std::vector<journal_position> projection_table::positions() {
  sqlite::statement select(db_, "SELECT journal, sequence, hash FROM reel_positions ORDER BY journal",
                           "read its positions");
  std::vector<journal_position> result;
  while (select.step()) {
    result.push_back({journal_id{static_cast<std::uint32_t>(select.integer(0))},
                      {frame_sequence{as_unsigned(select.integer(1))}, as_unsigned(select.integer(2))}});
  }
  return result;
}

std::string projection_table::highest_key() {
  sqlite::statement select(db_, "SELECT highest_key FROM reel_view", "read its state");
  return select.step() ? std::string(select.text(0)) : std::string();
}

bool projection_table::holds_key(const cached_row& row) const {
  if (columns_[0].type == typed_column::kind::text) {
    const auto* text = std::get_if<std::string>(&row.cells[0]);
    return text != nullptr && *text == row.key;
  }
  return row.cells[0] == key_cell(row.key);
}

bool projection_table::load(cached_row& row) {
  if (columns_[0].type == typed_column::kind::text) {
    select_.bind(1, std::string_view(row.key));
  } else {
    select_.bind(1, key_cell(row.key));
  }
  const bool found = select_.step();
  for (std::size_t i = 0; found && i < columns_.size(); ++i) {
    row.cells[i] = select_.value(static_cast<int>(i));
  }
  select_.reset();
  return found;
}

void projection_table::commit(const row_cache& rows, const std::vector<journal_position>& moved,
                              std::string_view highest_key) {
  transaction change(db_, begin_);
  write_state(highest_key); // first: a writer that was shut out does no work
  write_rows(rows);
  write_positions(moved);
  change.commit(commit_);
}

/// In the order of the keys: neighbours are on the same page, and new rows are appended.
void projection_table::sort_rows(const row_cache& rows) {
  const bool numbers = columns_[0].type == typed_column::kind::integer;
  order_.clear();
  for (const auto index : rows.dirty()) {
    const auto& row = rows.at(index);
    order_.push_back({numbers ? prefix_of(std::get<std::int64_t>(row.cells[0])) : prefix_of(row.key), index});
  }
  std::sort(order_.begin(), order_.end(), [&](const sort_key& left, const sort_key& right) {
    if (left.prefix != right.prefix || numbers) {
      return left.prefix < right.prefix;
    }
    return rows.at(left.index).key < rows.at(right.index).key;
  });
}

void projection_table::write_rows(const row_cache& rows) {
  sort_rows(rows);
  for (const auto& next : order_) {
    const auto& row = rows.at(next.index);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      check_cell(row.cells[i], i);
      replace_.bind(static_cast<int>(i) + 1, row.cells[i]);
    }
    replace_.execute();
  }
}

void projection_table::write_positions(const std::vector<journal_position>& moved) {
  for (const auto& position : moved) {
    position_.bind(1, std::int64_t{static_cast<std::uint32_t>(position.journal)});
    position_.bind(2, as_signed(static_cast<std::uint64_t>(position.at.sequence)));
    position_.bind(3, as_signed(position.at.hash));
    position_.execute();
  }
}

void projection_table::write_state(std::string_view highest_key) {
  state_.bind(1, highest_key);
  state_.bind(2, writer_);
  state_.execute();
  if (db_.changes() != 1) {
    throw std::runtime_error(file_ + ": another process has opened this read model for writing and took it over");
  }
}

void projection_table::check_cell(const cell& value, std::size_t column) const {
  static constexpr std::size_t index_of_kind[] = {3, 1, 2}; // text, integer, real in reel::cell
  static constexpr std::string_view names[] = {"nothing", "an integer", "a real number", "text"};
  const auto wanted = index_of_kind[static_cast<std::size_t>(columns_[column].type)];
  // Strict, so that a fold sees the same type whether a row comes from memory or from disk.
  if (value.index() != wanted && (value.index() != 0 || column == 0)) {
    throw std::logic_error("read model " + name_ + ": column " + columns_[column].name + " holds " +
                           std::string(names[wanted]) + ", its projection wrote " + std::string(names[value.index()]));
  }
}

cell projection_table::key_cell(std::string_view key) const {
  if (columns_[0].type == typed_column::kind::text) {
    return std::string(key);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  // "007" and "7" would be two rows in memory and one on disk.
  if (error != std::errc{} || end != key.data() + key.size() || std::to_string(number) != key) {
    throw std::logic_error("read model " + name_ + ": its key " + columns_[0].name +
                           " is an integer, its projection gave \"" + std::string(key) + "\"");
  }
  return number;
}

} // namespace reel::runtime
