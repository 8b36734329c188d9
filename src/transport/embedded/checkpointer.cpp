#include "transport/embedded/checkpointer.hpp"

#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <pthread.h>

namespace reel::transport {

namespace {

// Where commits come faster than the disk or the processor lets the thread move them, the writer waits for it from this
// multiple of the intended size on.
constexpr int growth_max = 4;

} // namespace

checkpointer::checkpointer(sqlite::database db, std::size_t page_bytes, std::size_t checkpoint_bytes)
    : db_(std::move(db)), wal_pages_max_(static_cast<int>(checkpoint_bytes / page_bytes)), thread_([this] { run(); }) {}

checkpointer::~checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void checkpointer::on_commit(int wal_pages) {
  wal_pages_.store(wal_pages, std::memory_order_relaxed);
  if (wal_pages < wal_pages_max_ || finish_.load(std::memory_order_relaxed) || failed()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (wanted_) {
      return;
    }
    wanted_ = true;
  }
  changed_.notify_all();
}

bool checkpointer::finish(sqlite::database& writer) {
  if (failed()) {
    return false;
  }
  if (wal_pages_.load(std::memory_order_relaxed) >= wal_pages_max_ * growth_max) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !wanted_; });
  }
  if (!finish_.load(std::memory_order_acquire)) {
    return !failed();
  }
  int moved = 0;
  const auto result = move_pages(writer, moved);
  finish_.store(false, std::memory_order_relaxed);
  return result != outcome::failed;
}

checkpointer::outcome checkpointer::move_pages(sqlite::database& db, int& moved_pages) {
  int in_log = 0;
  const int code = sqlite3_wal_checkpoint_v2(db.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved_pages);
  if (code == SQLITE_OK) {
    return outcome::moved;
  }
  const auto error = db.last_error("moving the write-ahead log into the database");
  switch (db.last_failure()) {
  case sqlite::failure::busy: // met the writer in the middle of a commit
    return outcome::deferred;
  case sqlite::failure::full:
    // Nothing is lost: the write-ahead log holds everything until a later attempt succeeds.
    spdlog::warn("checkpoint.deferred error=\"{}\"", error.what);
    return outcome::deferred;
  default:
    return give_up(error);
  }
}

// SQLite syncs the database only in the pass that empties the write-ahead log, which is the writer's. Most of that is
// done here, so that the writer has little to wait for.
checkpointer::outcome checkpointer::sync_database() {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db_.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK) {
    return give_up({core::errc::io, "syncing the database failed"});
  }
  return outcome::moved;
}

checkpointer::outcome checkpointer::give_up(const core::error& error) {
  failed_.store(true, std::memory_order_release);
  spdlog::critical("checkpoint.failed error=\"{}\"", error.what);
  return outcome::failed;
}

checkpointer::outcome checkpointer::move_bulk() {
  constexpr int passes_max = 4;
  for (int pass = 0; pass < passes_max; ++pass) {
    int moved = 0;
    auto result = move_pages(db_, moved);
    if (result == outcome::moved) {
      result = sync_database();
    }
    const int left = wal_pages_.load(std::memory_order_relaxed) - moved;
    if (result != outcome::moved || left < wal_pages_max_ / 16) {
      return result;
    }
  }
  return outcome::moved;
}

void checkpointer::run() {
  ::pthread_setname_np(::pthread_self(), "log-checkpoint");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || wanted_; });
    if (stopping_) {
      return;
    }
    lock.unlock();
    if (move_bulk() == outcome::moved) {
      finish_.store(true, std::memory_order_release);
    }
    lock.lock();
    wanted_ = false;
    changed_.notify_all();
  }
}

} // namespace reel::transport
