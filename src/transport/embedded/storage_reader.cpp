#include "transport/embedded/storage_reader.hpp"

#include <pthread.h>

namespace reel::transport {

storage_reader::storage_reader(frame_rows rows) : rows_(std::move(rows)), thread_([this] { run(); }) {}

storage_reader::~storage_reader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  for (auto& r : queue_) {
    r.done(core::fail(core::errc::unavailable, "the log is being closed"));
  }
}

void storage_reader::read(std::int64_t journal_number, journal_id journal, frame_sequence from, std::size_t bytes_max,
                          read_handler done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({journal_number, journal, from, bytes_max, std::move(done)});
  }
  changed_.notify_one();
}

void storage_reader::run() {
  ::pthread_setname_np(::pthread_self(), "log-reader");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) {
      return;
    }
    auto next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    next.done(rows_.read(next.journal_number, next.journal, next.from, next.bytes_max));
    lock.lock();
  }
}

} // namespace reel::transport
