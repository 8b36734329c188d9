// A thin layer over SQLite's C interface: handles that close themselves, and errors as values.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace reel::transport::sqlite {

/// What a failed call means for the log.
enum class failure {
  none,
  full, ///< no room: the transaction is rolled back and may be tried again
  busy, ///< another process holds a lock
  late, ///< no room for the index of what is already in the write-ahead log: rolled back here, but after a crash stored
  device, ///< the storage itself failed: what was written in this transaction is uncertain
};

class database {
public:
  /// `flags` are SQLite's SQLITE_OPEN_*; `name` may be a URI.
  [[nodiscard]] static core::expected<database> open(const std::string& name, int flags);

  /// Runs statements that return no rows.
  [[nodiscard]] core::expected<void> run(const std::string& statements);
  /// The error of the last call that failed, as an error with SQLite's own words and the operating system's.
  [[nodiscard]] core::error last_error(std::string_view doing) const;
  [[nodiscard]] failure last_failure() const;
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] sqlite3* handle() const noexcept {
    return handle_.get();
  }

private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> handle_;
};

/// A prepared statement. Must not outlive its database.
class statement {
public:
  [[nodiscard]] static core::expected<statement> prepare(const database& db, std::string_view text);

  /// `index` counts from 1. Bytes and text must live until the statement has been reset.
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view text);
  void bind(int index, std::span<const std::byte> bytes);

  enum class outcome { row, done, failed };
  [[nodiscard]] outcome step();
  void reset();

  /// `index` counts from 0; views are valid until the next step or reset.
  [[nodiscard]] std::int64_t integer(int index) const;
  [[nodiscard]] std::string_view text(int index) const;
  [[nodiscard]] std::span<const std::byte> bytes(int index) const;

private:
  struct finalizer {
    void operator()(sqlite3_stmt* handle) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// Ends a statement's read when a scope is left.
class resetting {
public:
  explicit resetting(statement& s) : statement_(&s) {}
  ~resetting() {
    statement_->reset();
  }
  resetting(const resetting&) = delete;
  resetting& operator=(const resetting&) = delete;

private:
  statement* statement_;
};

} // namespace reel::transport::sqlite
