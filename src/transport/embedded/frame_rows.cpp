#include "transport/embedded/frame_rows.hpp"

#include "transport/chain.hpp"

#include <sqlite3.h>

#include <system_error>

namespace reel::transport {

namespace {

constexpr int format_version = 1;
constexpr int busy_wait_ms = 5000;

constexpr std::string_view schema = R"(
  CREATE TABLE IF NOT EXISTS journals(number INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS frames(row INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
)";

core::expected<std::int64_t> integer_of(sqlite::database& db, std::string_view query) {
  auto s = sqlite::statement::prepare(db, query);
  if (!s) {
    return tl::unexpected(s.error());
  }
  if (s->step() != sqlite::statement::outcome::row) {
    return tl::unexpected(db.last_error(query));
  }
  return s->integer(0);
}

core::expected<void> check_version(sqlite::database& db, const std::filesystem::path& path) {
  const auto version = integer_of(db, "PRAGMA user_version");
  if (!version) {
    return tl::unexpected(version.error());
  }
  if (*version != format_version) {
    return core::fail(core::errc::mismatch, path.string() + " has format " + std::to_string(*version) +
                                                ", this program reads format " + std::to_string(format_version));
  }
  return {};
}

std::string where(journal_id journal, std::int64_t row) {
  constexpr std::int64_t sequence_mask = (std::int64_t{1} << 40) - 1;
  return "journal " + text_of(journal) + ", frame " + std::to_string(row & sequence_mask);
}

// Without this, the last connection to close would move the write-ahead log into the database even after the disk
// failed.
void keep_log_on_close(sqlite::database& db) {
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

std::string uri_of(const std::filesystem::path& path, std::string_view parameters) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '%' || c == '?' || c == '#') {
      constexpr std::string_view digits = "0123456789abcdef";
      uri += '%';
      uri += digits[static_cast<unsigned char>(c) >> 4];
      uri += digits[static_cast<unsigned char>(c) & 15];
    } else {
      uri += c;
    }
  }
  return uri + std::string(parameters);
}

} // namespace

std::filesystem::path database_path(const std::filesystem::path& directory) {
  return directory / "journals.db";
}

std::uint64_t database_bytes(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  for (const auto* suffix : {"", "-wal"}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(database_path(directory).string() + suffix, missing);
    bytes += missing ? 0 : size;
  }
  return bytes;
}

core::expected<sqlite::database> open_for_writing(const embedded_options& options) {
  const auto path = database_path(options.directory);
  auto db = sqlite::database::open(path.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
  if (!db) {
    return db;
  }
  keep_log_on_close(*db);
  sqlite3_busy_timeout(db->handle(), busy_wait_ms);
  const bool fsync = options.durability == durability::fsync;
  // Checkpoints are the checkpointer's; page_size has an effect on a new database only.
  auto good = db->run("PRAGMA page_size=" + std::to_string(options.page_bytes) +
                      "; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;"
                      "PRAGMA synchronous=" +
                      (fsync ? "FULL" : "NORMAL"));
  if (!good) {
    return tl::unexpected(good.error());
  }
  int keep = 1; // so that tools without write access can open a database at rest
  sqlite3_file_control(db->handle(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
  const auto version = integer_of(*db, "PRAGMA user_version");
  if (!version) {
    return tl::unexpected(version.error());
  }
  if (*version == 0) {
    good = db->run("BEGIN IMMEDIATE;" + std::string(schema) + "PRAGMA user_version=" + std::to_string(format_version) +
                   "; COMMIT");
    if (!good) {
      return tl::unexpected(good.error());
    }
  }
  if (good = check_version(*db, path); !good) {
    return tl::unexpected(good.error());
  }
  return db;
}

core::expected<sqlite::database> open_for_reading(const embedded_options& options) {
  const auto path = database_path(options.directory);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return core::fail(core::errc::not_found, "directory " + options.directory.string() + " holds no journals");
  }
  constexpr int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  auto db = sqlite::database::open(uri_of(path, ""), flags);
  auto good = db ? check_version(*db, path) : tl::unexpected(db.error());
  const auto wal = path.string() + "-wal";
  const bool at_rest = !std::filesystem::exists(wal, ignored) || std::filesystem::file_size(wal, ignored) == 0;
  if (!good && good.error().code == core::errc::io && at_rest) {
    // A directory that cannot be written to: nobody else can change the database either.
    db = sqlite::database::open(uri_of(path, "?immutable=1"), flags);
    good = db ? check_version(*db, path) : tl::unexpected(db.error());
  }
  if (!good) {
    return tl::unexpected(good.error());
  }
  keep_log_on_close(*db);
  sqlite3_busy_timeout(db->handle(), busy_wait_ms);
  return db;
}

core::expected<frame_rows> frame_rows::open(sqlite::database db, const core::event_registry* registry) {
  frame_rows rows(std::move(db), registry);
  const auto prepare = [&rows](sqlite::statement& s, std::string_view text) -> core::expected<void> {
    auto prepared = sqlite::statement::prepare(rows.db_, text);
    if (!prepared) {
      return tl::unexpected(prepared.error());
    }
    s = std::move(*prepared);
    return {};
  };
  auto good = prepare(rows.range_, "SELECT bytes, row FROM frames WHERE row BETWEEN ? AND ? ORDER BY row");
  if (good) {
    good = prepare(rows.newest_, "SELECT bytes, row FROM frames WHERE row BETWEEN ? AND ? ORDER BY row DESC LIMIT 1");
  }
  if (good) {
    good = prepare(rows.number_, "SELECT number FROM journals WHERE id = ?");
  }
  if (good) {
    good = prepare(rows.all_, "SELECT number, id, name FROM journals ORDER BY name");
  }
  if (!good) {
    return tl::unexpected(good.error());
  }
  return rows;
}

core::expected<std::vector<frame_rows::stored_journal>> frame_rows::journals() {
  std::vector<stored_journal> result;
  {
    const sqlite::resetting end(all_);
    auto outcome = all_.step();
    for (; outcome == sqlite::statement::outcome::row; outcome = all_.step()) {
      auto& j = result.emplace_back();
      j.number = all_.integer(0);
      j.description.id = journal_id{static_cast<std::uint32_t>(all_.integer(1))};
    }
    if (outcome == sqlite::statement::outcome::failed) {
      return tl::unexpected(db_.last_error("reading the journals"));
    }
  }
  for (auto& j : result) {
    const auto first = read(j.number, j.description.id, frame_sequence{1}, 1);
    if (!first) {
      return tl::unexpected(first.error());
    }
    if (first->empty()) {
      return core::fail(core::errc::corrupt, "journal " + text_of(j.description.id) + " has lost its genesis");
    }
    auto genesis = read_genesis(*first->front());
    if (!genesis) {
      return tl::unexpected(genesis.error());
    }
    auto tail = last(j.number, j.description.id);
    if (!tail) {
      return tl::unexpected(tail.error());
    }
    j.description.genesis = std::move(*genesis);
    j.description.tail = *tail;
  }
  return result;
}

core::expected<std::optional<std::int64_t>> frame_rows::number_of(journal_id journal) {
  const sqlite::resetting end(number_);
  number_.bind(1, static_cast<std::int64_t>(journal));
  switch (number_.step()) {
  case sqlite::statement::outcome::row:
    return std::optional(number_.integer(0));
  case sqlite::statement::outcome::done:
    return std::optional<std::int64_t>();
  default:
    return tl::unexpected(db_.last_error("looking up journal " + text_of(journal)));
  }
}

core::expected<journal_tail> frame_rows::last(std::int64_t journal_number, journal_id journal) {
  const sqlite::resetting end(newest_);
  newest_.bind(1, row_of(journal_number, frame_sequence{}));
  newest_.bind(2, row_of(journal_number + 1, frame_sequence{}) - 1);
  switch (newest_.step()) {
  case sqlite::statement::outcome::done:
    return journal_tail{};
  case sqlite::statement::outcome::failed:
    return tl::unexpected(db_.last_error("reading the end of journal " + text_of(journal)));
  case sqlite::statement::outcome::row:
    break;
  }
  auto frame = decode(newest_.bytes(0), where(journal, newest_.integer(1)));
  if (!frame) {
    return tl::unexpected(frame.error());
  }
  return journal_tail{(*frame)->sequence(), (*frame)->hash()};
}

core::expected<frames> frame_rows::read(std::int64_t journal_number, journal_id journal, frame_sequence from,
                                        std::size_t bytes_max) {
  const auto first = from == frame_sequence{} ? frame_sequence{1} : from;
  const sqlite::resetting end(range_);
  range_.bind(1, row_of(journal_number, first));
  range_.bind(2, row_of(journal_number + 1, frame_sequence{}) - 1);
  auto& end_of_last_read = read_to_[journal];
  journal_tail before = end_of_last_read;
  frames result;
  std::size_t bytes = 0;
  auto outcome = sqlite::statement::outcome::done;
  while (bytes < bytes_max || result.empty()) {
    outcome = range_.step();
    if (outcome != sqlite::statement::outcome::row) {
      break;
    }
    auto frame = decode(range_.bytes(0), where(journal, range_.integer(1)));
    if (!frame) {
      return tl::unexpected(frame.error());
    }
    if (result.empty() && following(before.sequence) != first) {
      before = {preceding(first), (*frame)->previous()};
    }
    if (auto good = check_chain(before, journal, **frame); !good) {
      return tl::unexpected(good.error());
    }
    before = {(*frame)->sequence(), (*frame)->hash()};
    bytes += (*frame)->raw_size();
    result.push_back(std::move(*frame));
  }
  if (outcome == sqlite::statement::outcome::failed) {
    return tl::unexpected(db_.last_error("reading journal " + text_of(journal)));
  }
  if (!result.empty()) {
    end_of_last_read = before;
  }
  return result;
}

core::expected<std::shared_ptr<const core::frame>> frame_rows::decode(std::span<const std::byte> stored,
                                                                      const std::string& place) const {
  auto frame = core::frame::decode(stored, registry_);
  if (!frame) {
    return core::fail(frame.error().code, place + ": " + frame.error().what);
  }
  return frame;
}

} // namespace reel::transport
