#include "transport/embedded/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace reel::transport::sqlite {

namespace {

bool no_room(sqlite3* handle, int file_pointer) {
  sqlite3_file* file = nullptr;
  int number = 0;
  sqlite3_file_control(handle, "main", file_pointer, &file);
  if (file != nullptr && file->pMethods != nullptr) {
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
  }
  return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

} // namespace

void database::closer::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

core::expected<database> database::open(const std::string& name, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  database db;
  db.handle_.reset(handle);
  if (handle == nullptr) {
    return core::fail(core::errc::io, "opening " + name + ": out of memory");
  }
  if (code != SQLITE_OK) {
    return tl::unexpected(db.last_error("opening " + name));
  }
  return db;
}

core::expected<void> database::run(const std::string& statements) {
  if (sqlite3_exec(handle(), statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return tl::unexpected(last_error(statements));
  }
  return {};
}

core::error database::last_error(std::string_view doing) const {
  std::string what(doing);
  what += ": ";
  what += sqlite3_errmsg(handle());
  if (const int number = sqlite3_system_errno(handle()); number != 0) {
    what += std::string(" (") + std::strerror(number) + ")";
  }
  const int code = sqlite3_errcode(handle()) & 0xff;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return {core::errc::corrupt, std::move(what)};
  }
  const bool later = code == SQLITE_FULL || code == SQLITE_BUSY || code == SQLITE_LOCKED;
  return {later ? core::errc::unavailable : core::errc::io, std::move(what)};
}

failure database::last_failure() const {
  const int code = sqlite3_extended_errcode(handle());
  switch (code & 0xff) {
  case SQLITE_OK:
    return failure::none;
  case SQLITE_FULL:
    return failure::full;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_NOMEM:
    return failure::busy;
  default:
    break;
  }
  if (code == SQLITE_IOERR_SHMSIZE) {
    return failure::late;
  }
  // SQLite tells a full disk apart, but takes a quota or a file size limit for a broken device. The files are asked,
  // because sqlite3_system_errno() knows nothing of a write that failed within COMMIT.
  const bool full = no_room(handle(), SQLITE_FCNTL_JOURNAL_POINTER) || no_room(handle(), SQLITE_FCNTL_FILE_POINTER);
  return full && code == SQLITE_IOERR_WRITE ? failure::full : failure::device;
}

bool database::in_transaction() const {
  return sqlite3_get_autocommit(handle()) == 0;
}

void statement::finalizer::operator()(sqlite3_stmt* handle) const noexcept {
  sqlite3_finalize(handle);
}

core::expected<statement> statement::prepare(const database& db, std::string_view text) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(db.handle(), text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(db.last_error(text));
  }
  statement s;
  s.handle_.reset(handle);
  return s;
}

void statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
}

void statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(handle_.get(), index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void statement::bind(int index, std::span<const std::byte> bytes) {
  sqlite3_bind_blob64(handle_.get(), index, bytes.data(), bytes.size(), SQLITE_STATIC);
}

statement::outcome statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) {
    return outcome::row;
  }
  return code == SQLITE_DONE ? outcome::done : outcome::failed;
}

void statement::reset() {
  sqlite3_reset(handle_.get());
}

std::int64_t statement::integer(int index) const {
  return sqlite3_column_int64(handle_.get(), index);
}

std::string_view statement::text(int index) const {
  const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), index));
  return begin == nullptr
             ? std::string_view()
             : std::string_view(begin, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), index)));
}

std::span<const std::byte> statement::bytes(int index) const {
  const auto* begin = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), index));
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), index))};
}

} // namespace reel::transport::sqlite
