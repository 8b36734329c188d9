#include "storage_variants.hpp"

#include "transport/embedded/checkpointer.hpp"
#include "transport/embedded/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace reel::bench {

namespace sqlite = transport::sqlite;

namespace {

void check(bool good, const char* what) {
  if (!good) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

template <class T>
T take(core::expected<T> value) {
  if (!value) {
    throw std::runtime_error(value.error().what);
  }
  return std::move(*value);
}

void take(const core::expected<void>& value) {
  if (!value) {
    throw std::runtime_error(value.error().what);
  }
}

std::filesystem::path database_in(const std::filesystem::path& directory) {
  return directory / "variant.db";
}

void clear(const std::filesystem::path& directory) {
  for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(database_in(directory).string() + suffix);
  }
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

} // namespace

sample run(const file_variant& variant, const workload& load, const std::filesystem::path& directory) {
  const auto path = directory / "variant.bin";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  check(file >= 0, "open");
  group_source source(load.bytes_min, load.bytes_max);
  if (variant.preallocated) {
    const std::string zeros(1U << 20, '\0');
    for (std::size_t left = load.groups * load.frames_per_group * load.bytes_max + zeros.size(); left > 0;
         left -= std::min(left, zeros.size())) {
      check(::write(file, zeros.data(), zeros.size()) == static_cast<ssize_t>(zeros.size()), "write");
    }
    check(::fsync(file) == 0 && ::lseek(file, 0, SEEK_SET) == 0, "fsync");
  }
  sample s;
  const auto cpu = cpu_seconds();
  const auto begin = clock::now();
  for (std::size_t g = 0; g < load.groups; ++g) {
    s.measure([&] {
      for (std::size_t j = 0; j < load.frames_per_group; ++j) {
        const auto frame = source.next();
        check(::write(file, frame.data(), frame.size()) == static_cast<ssize_t>(frame.size()), "write");
        s.bytes += frame.size();
      }
      check(!variant.sync || ::fdatasync(file) == 0, "fdatasync");
    });
  }
  s.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  s.cpu_seconds = cpu_seconds() - cpu;
  s.disk_bytes = s.bytes;
  ::close(file);
  std::filesystem::remove(path);
  return s;
}

namespace {

/// One open variant: its connections and statements.
class variant_database {
public:
  variant_database(const sqlite_variant& v, const std::filesystem::path& directory)
      : variant_(v), db_(open(directory)), begin_(prepare("BEGIN IMMEDIATE")), commit_(prepare("COMMIT")) {
    create_tables();
    if (v.checkpoints == checkpoints::in_background && !v.exclusive) {
      auto second = open(directory);
      checkpointer_.emplace(std::move(second), v.page_bytes, v.checkpoint_bytes);
      sqlite3_wal_hook(
          db_.handle(),
          [](void* to, sqlite3*, const char*, int pages) {
            static_cast<transport::checkpointer*>(to)->on_commit(pages);
            return SQLITE_OK;
          },
          &*checkpointer_);
    }
  }

  void begin() {
    if (checkpointer_ && !checkpointer_->finish(db_)) {
      throw std::runtime_error("checkpoint failed");
    }
    step(begin_);
  }
  void commit() {
    step(commit_);
  }
  void insert(std::size_t journal, std::uint64_t sequence, std::string_view frame) {
    if (variant_.incremental) {
      insert_incrementally(journal, sequence, frame);
      return;
    }
    auto& s = inserts_[variant_.layout == layout::table_per_journal ? journal : 0];
    switch (variant_.layout) {
    case layout::row_key:
      s.bind(1, row_of(journal, sequence));
      s.bind(2, bytes_of(frame));
      break;
    case layout::without_rowid:
    case layout::arrival_order:
      s.bind(1, static_cast<std::int64_t>(journal));
      s.bind(2, static_cast<std::int64_t>(sequence));
      s.bind(3, bytes_of(frame));
      break;
    case layout::table_per_journal:
      s.bind(1, static_cast<std::int64_t>(sequence));
      s.bind(2, bytes_of(frame));
      break;
    }
    step(s);
  }

private:
  static std::int64_t row_of(std::size_t journal, std::uint64_t sequence) {
    return static_cast<std::int64_t>(journal << 40 | sequence);
  }
  sqlite::database open(const std::filesystem::path& directory) const {
    auto db = take(sqlite::database::open(database_in(directory).string(),
                                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX));
    if (variant_.growth_bytes > 0) {
      int bytes = static_cast<int>(variant_.growth_bytes);
      sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_CHUNK_SIZE, &bytes);
    }
    const bool by_writer = variant_.checkpoints == checkpoints::by_writer || variant_.exclusive;
    take(db.run("PRAGMA page_size=" + std::to_string(variant_.page_bytes) +
                (variant_.exclusive ? "; PRAGMA locking_mode=EXCLUSIVE" : "") +
                "; PRAGMA journal_mode=WAL; PRAGMA synchronous=" + variant_.synchronous +
                "; PRAGMA wal_autocheckpoint=" +
                std::to_string(by_writer ? variant_.checkpoint_bytes / variant_.page_bytes : 0)));
    return db;
  }
  sqlite::statement prepare(const std::string& text) const {
    return take(sqlite::statement::prepare(db_, text));
  }
  void create_tables() {
    switch (variant_.layout) {
    case layout::row_key:
      take(db_.run("CREATE TABLE frames(row INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"));
      inserts_.push_back(prepare(variant_.incremental ? "INSERT INTO frames VALUES(?, zeroblob(?))"
                                                      : "INSERT INTO frames VALUES(?, ?)"));
      break;
    case layout::without_rowid:
      take(db_.run("CREATE TABLE frames(journal, sequence, bytes, PRIMARY KEY(journal, sequence)) WITHOUT ROWID"));
      inserts_.push_back(prepare("INSERT INTO frames VALUES(?, ?, ?)"));
      break;
    case layout::arrival_order:
      take(db_.run("CREATE TABLE frames(row INTEGER PRIMARY KEY, journal, sequence, bytes);"
                   "CREATE UNIQUE INDEX place ON frames(journal, sequence)"));
      inserts_.push_back(prepare("INSERT INTO frames(journal, sequence, bytes) VALUES(?, ?, ?)"));
      break;
    case layout::table_per_journal:
      for (std::size_t j = 0; j < group_source::journals; ++j) {
        const auto table = "frames" + std::to_string(j);
        take(db_.run("CREATE TABLE " + table + "(row INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"));
        inserts_.push_back(prepare("INSERT INTO " + table + " VALUES(?, ?)"));
      }
      break;
    }
  }
  void insert_incrementally(std::size_t journal, std::uint64_t sequence, std::string_view frame) {
    auto& s = inserts_[0];
    s.bind(1, row_of(journal, sequence));
    s.bind(2, static_cast<std::int64_t>(frame.size()));
    step(s);
    sqlite3_blob* blob = nullptr;
    const bool good =
        sqlite3_blob_open(db_.handle(), "main", "frames", "bytes", row_of(journal, sequence), 1, &blob) == SQLITE_OK &&
        sqlite3_blob_write(blob, frame.data(), static_cast<int>(frame.size()), 0) == SQLITE_OK;
    sqlite3_blob_close(blob);
    if (!good) {
      throw std::runtime_error(db_.last_error("writing a blob").what);
    }
  }
  void step(sqlite::statement& s) {
    const sqlite::resetting end(s);
    if (s.step() != sqlite::statement::outcome::done) {
      throw std::runtime_error(db_.last_error("storing").what);
    }
  }

  sqlite_variant variant_;
  sqlite::database db_;
  sqlite::statement begin_;
  sqlite::statement commit_;
  std::vector<sqlite::statement> inserts_;
  std::optional<transport::checkpointer> checkpointer_;
};

} // namespace

sample run(const sqlite_variant& variant, const workload& load, const std::filesystem::path& directory) {
  clear(directory);
  group_source source(load.bytes_min, load.bytes_max);
  sample s;
  {
    variant_database db(variant, directory);
    const auto cpu = cpu_seconds();
    const auto begin = clock::now();
    for (std::size_t g = 0; g < load.groups; ++g) {
      s.measure([&] {
        db.begin();
        for (std::size_t j = 0; j < load.frames_per_group; ++j) {
          const auto frame = source.next();
          db.insert(j, g + 1, frame);
          s.bytes += frame.size();
        }
        db.commit();
      });
    }
    s.seconds = std::chrono::duration<double>(clock::now() - begin).count();
    s.cpu_seconds = cpu_seconds() - cpu;
  }
  s.disk_bytes = std::filesystem::file_size(database_in(directory)); // closed: all is in the database
  return s;
}

sample read_all(const std::filesystem::path& directory, std::size_t mapped_bytes) {
  auto db = take(sqlite::database::open(database_in(directory).string(), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX));
  take(db.run("PRAGMA mmap_size=" + std::to_string(mapped_bytes)));
  auto rows = take(sqlite::statement::prepare(db, "SELECT bytes FROM frames ORDER BY row"));
  sample s;
  const auto begin = clock::now();
  std::vector<std::byte> copy(1U << 20);
  while (rows.step() == sqlite::statement::outcome::row) {
    const auto bytes = rows.bytes(0);
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    s.bytes += bytes.size();
  }
  s.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  return s;
}

} // namespace reel::bench
