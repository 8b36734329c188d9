#include "transport/nats/worker.hpp"

#include "transport/nats/client.hpp"

#include <pthread.h>

namespace reel::transport {

worker::worker(const char* name) : thread_([this] { run(); }) {
  ::pthread_setname_np(thread_.native_handle(), name);
}

worker::~worker() {
  stop();
}

void worker::stop() {
  close();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void worker::post(task next) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(next));
  }
  changed_.notify_all();
}

void worker::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
}

bool worker::closed_after(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, wait, [this] { return closing_; });
}

void worker::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
    if (tasks_.empty()) {
      break;
    }
    auto next = std::move(tasks_.front());
    tasks_.pop_front();
    const bool closing = closing_;
    lock.unlock();
    next(closing);
    next = nullptr;
    lock.lock();
  }
  nats_ReleaseThreadMemory();
}

} // namespace reel::transport
