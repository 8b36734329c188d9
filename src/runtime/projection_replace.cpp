#include "runtime/projection_replace.hpp"

#include "runtime/projection_sqlite.hpp"

#include <sqlite3.h>

namespace reel::runtime {

core::expected<void> replace_view(const std::filesystem::path& fresh, const std::filesystem::path& live) {
  try {
    sqlite::connection from(fresh, sqlite::access::read_only);
    sqlite::connection to(live, sqlite::access::read_write);
    auto* const copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
    if (copy == nullptr) {
      to.fail(sqlite3_errcode(to.handle()), "replace its content");
    }
    constexpr int all_pages = -1;
    const int stepped = sqlite3_backup_step(copy, all_pages);
    const int finished = sqlite3_backup_finish(copy);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK) {
      to.fail(stepped != SQLITE_DONE ? stepped : finished, "replace its content");
    }
    return {};
  } catch (const sqlite::failure& failure) {
    return core::fail(core::errc::io, failure.what());
  }
}

} // namespace reel::runtime
