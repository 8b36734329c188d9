// Moves the write-ahead log into the database beside the commits, so that it stays small.
#pragma once

#include "transport/embedded/options.hpp"
#include "transport/embedded/sqlite.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace reel::transport {

/// The write-ahead log starts over only when all of it has been moved, which never happens while commits keep coming.
/// So the bulk is moved by a thread with a connection of its own, and the little that came meanwhile by the writer,
/// between two commits.
class checkpointer {
public:
  /// `db` is the thread's own connection.
  checkpointer(sqlite::database db, std::size_t page_bytes, std::size_t checkpoint_bytes);
  ~checkpointer();
  checkpointer(const checkpointer&) = delete;
  checkpointer& operator=(const checkpointer&) = delete;

  /// The writer, after each commit: the size of the write-ahead log.
  void on_commit(int wal_pages);
  /// The writer, between commits, through its own connection. Waits for the thread when it has fallen far behind. False
  /// when the device failed.
  [[nodiscard]] bool finish(sqlite::database& writer);
  /// True after the device failed: the database file is uncertain, and only the write-ahead log still holds the frames.
  [[nodiscard]] bool failed() const noexcept {
    return failed_.load(std::memory_order_acquire);
  }

private:
  enum class outcome { moved, deferred, failed };

  void run();
  /// Moves in passes, each as much as came during the one before, until little is left for the writer.
  [[nodiscard]] outcome move_bulk();
  [[nodiscard]] outcome move_pages(sqlite::database& db, int& moved_pages);
  [[nodiscard]] outcome sync_database();
  outcome give_up(const core::error& error);

  sqlite::database db_;
  int wal_pages_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> wal_pages_{0};
  bool wanted_ = false;
  bool stopping_ = false;
  std::atomic<bool> finish_{false}; ///< the bulk is done, the writer's turn
  std::atomic<bool> failed_{false};
  std::thread thread_;
};

} // namespace reel::transport
