#include "runtime/projection_sqlite.hpp"

#include <sqlite3.h>

namespace reel::runtime::sqlite {

namespace {

constexpr int busy_wait_ms = 5000;

std::string reason(int code, const char* detail) {
  std::string text = detail != nullptr ? detail : sqlite3_errstr(code);
  const int primary = code & 0xff;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
    text += "; delete the file and it is built again from the journals";
  }
  return text;
}

} // namespace

void connection::closer::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

connection::connection(const std::filesystem::path& file, access mode) : file_(file.string()) {
  sqlite3* raw = nullptr;
  const int flags = mode == access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(file_.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) {
    fail(code, "open it");
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_wait_ms);
}

void connection::run(const std::string& sql, std::string_view doing) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    fail(code, doing);
  }
}

bool connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

std::int64_t connection::changes() const noexcept {
  return sqlite3_changes64(handle_.get());
}

void connection::fail(int code, std::string_view doing) const {
  throw failure(file_ + ": cannot " + std::string(doing) + ": " +
                    reason(code, handle_ != nullptr ? sqlite3_errmsg(handle_.get()) : nullptr),
                code & 0xff);
}

void statement::finalizer::operator()(sqlite3_stmt* handle) const noexcept {
  sqlite3_finalize(handle);
}

statement::statement(connection& on, std::string_view sql, std::string_view doing) : on_(&on), doing_(doing) {
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v3(on.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  handle_.reset(raw);
  if (code != SQLITE_OK) {
    on.fail(code, doing_);
  }
  const auto behind = sql.substr(static_cast<std::size_t>(rest - sql.data()));
  if (raw == nullptr || behind.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    throw failure("cannot " + doing_ + ": expected exactly one SQL statement in: " + std::string(sql), SQLITE_MISUSE);
  }
}

void statement::bind(int index, const cell& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    bind(index, std::string_view(*text));
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    bind(index, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    if (const int code = sqlite3_bind_double(handle_.get(), index, *real); code != SQLITE_OK) {
      on_->fail(code, doing_);
    }
  } else if (const int code = sqlite3_bind_null(handle_.get(), index); code != SQLITE_OK) {
    on_->fail(code, doing_);
  }
}

void statement::bind(int index, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(handle_.get(), index, value); code != SQLITE_OK) {
    on_->fail(code, doing_);
  }
}

void statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL, and an empty view may have one.
  const char* data = value.data() != nullptr ? value.data() : "";
  const int code = sqlite3_bind_text64(handle_.get(), index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) {
    on_->fail(code, doing_);
  }
}

bool statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    // Throw before the reset, which would clear the error text; the statement is reset on the way out.
    struct rewind {
      sqlite3_stmt* handle;
      ~rewind() {
        sqlite3_reset(handle);
      }
    } const at_exit{handle_.get()};
    on_->fail(code, doing_);
  }
  return false;
}

void statement::reset() {
  sqlite3_reset(handle_.get()); // repeats the error of the last step, which has been reported
}

int statement::columns() const noexcept {
  return sqlite3_column_count(handle_.get());
}

std::string_view statement::column_name(int index) const {
  const char* name = sqlite3_column_name(handle_.get(), index);
  return name != nullptr ? name : "";
}

cell statement::value(int index) const {
  switch (sqlite3_column_type(handle_.get(), index)) {
  case SQLITE_INTEGER:
    return integer(index);
  case SQLITE_FLOAT:
    return sqlite3_column_double(handle_.get(), index);
  case SQLITE_NULL:
    return std::monostate{};
  default:
    return std::string(text(index));
  }
}

std::int64_t statement::integer(int index) const {
  return sqlite3_column_int64(handle_.get(), index);
}

std::string_view statement::text(int index) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), index));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), index));
  return data != nullptr ? std::string_view(data, size) : std::string_view();
}

bool statement::read_only() const noexcept {
  return sqlite3_stmt_readonly(handle_.get()) != 0;
}

std::string quoted(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    result += c;
    if (c == '"') {
      result += c;
    }
  }
  return result + '"';
}

} // namespace reel::runtime::sqlite
