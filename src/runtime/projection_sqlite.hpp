// The few calls of SQLite that read models need, with errors as exceptions that say which file and why.
#pragma once

#include <reel/projection.hpp>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace reel::runtime::sqlite {

/// "data/views/orders.db: cannot commit: database or disk is full".
class failure : public std::runtime_error {
public:
  failure(const std::string& what, int result_code) : std::runtime_error(what), code_(result_code) {}
  /// SQLite's primary result code.
  [[nodiscard]] int code() const noexcept {
    return code_;
  }

private:
  int code_;
};

enum class access { read_only, read_write };

/// One open file. Not thread-safe. Statements must be destroyed before it.
class connection {
public:
  connection(const std::filesystem::path& file, access mode);

  /// Runs statements that give no rows. `doing` completes "cannot ..." in the error.
  void run(const std::string& sql, std::string_view doing);
  [[nodiscard]] bool in_transaction() const noexcept;
  /// Rows that the last statement changed.
  [[nodiscard]] std::int64_t changes() const noexcept;
  [[noreturn]] void fail(int code, std::string_view doing) const;
  [[nodiscard]] sqlite3* handle() const noexcept {
    return handle_.get();
  }

private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::string file_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// A prepared statement. What is bound must live until reset().
class statement {
public:
  statement() = default;
  /// Exactly one statement; `sql` with anything behind it is refused.
  statement(connection& on, std::string_view sql, std::string_view doing);

  void bind(int index, const cell& value);
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  /// True when there is a row.
  bool step();
  void reset();
  /// For statements without rows.
  void execute() {
    step();
    reset();
  }

  [[nodiscard]] int columns() const noexcept;
  [[nodiscard]] std::string_view column_name(int index) const;
  [[nodiscard]] cell value(int index) const;
  [[nodiscard]] std::int64_t integer(int index) const;
  [[nodiscard]] std::string_view text(int index) const; ///< valid until the next step
  [[nodiscard]] bool read_only() const noexcept;

private:
  struct finalizer {
    void operator()(sqlite3_stmt* handle) const noexcept;
  };
  connection* on_ = nullptr;
  std::string doing_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// `name` as an SQL identifier.
[[nodiscard]] std::string quoted(std::string_view name);

} // namespace reel::runtime::sqlite
