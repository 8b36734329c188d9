// Reads frames that are no longer in memory, on a thread of its own.
#pragma once

#include "transport/embedded/frame_rows.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace reel::transport {

/// Answers in the order of the requests.
class storage_reader {
public:
  explicit storage_reader(frame_rows rows);
  /// Answers what waits with `unavailable`.
  ~storage_reader();
  storage_reader(const storage_reader&) = delete;
  storage_reader& operator=(const storage_reader&) = delete;

  /// Thread-safe. `done` runs on the reader's thread.
  void read(std::int64_t journal_number, journal_id journal, frame_sequence from, std::size_t bytes_max,
            read_handler done);

private:
  struct request {
    std::int64_t journal_number;
    journal_id journal;
    frame_sequence from;
    std::size_t bytes_max;
    read_handler done;
  };
  void run();

  frame_rows rows_; // only the thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<request> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace reel::transport
