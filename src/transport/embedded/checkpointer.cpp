#include "transport/embedded/checkpointer.hpp"

#include <spdlog/spdlog.h>
#include <sqlite3.h>

namespace reel::transport {

checkpointer::checkpointer(sqlite::database db, std::size_t page_bytes, std::size_t checkpoint_bytes)
    : db_(std::move(db)), wal_pages_max_(static_cast<int>(checkpoint_bytes / page_bytes)), thread_([this] { run(); }) {}

checkpointer::~checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void checkpointer::on_commit(int wal_pages) {
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
  changed_.notify_one();
}

bool checkpointer::finish(sqlite::database& writer) {
  if (failed()) {
    return false;
  }
  if (!finish_.load(std::memory_order_acquire)) {
    return true;
  }
  const bool good = move_pages(writer);
  finish_.store(false, std::memory_order_relaxed);
  return good;
}

bool checkpointer::move_pages(sqlite::database& db) {
  int in_log = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(db.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  if (code == SQLITE_OK) {
    return true;
  }
  const auto error = db.last_error("moving the write-ahead log into the database");
  if (db.last_failure() != sqlite::failure::device) {
    // Nothing is lost: the write-ahead log holds everything until a later attempt succeeds.
    spdlog::warn("checkpoint.deferred error=\"{}\"", error.what);
    return true;
  }
  failed_.store(true, std::memory_order_release);
  spdlog::critical("checkpoint.failed error=\"{}\"", error.what);
  return false;
}

void checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || wanted_; });
    if (stopping_) {
      return;
    }
    lock.unlock();
    if (move_pages(db_)) {
      finish_.store(true, std::memory_order_release);
    }
    lock.lock();
    wanted_ = false;
  }
}

} // namespace reel::transport
