#include <reel/blocking_pool.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace reel {

struct blocking_pool::state {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void(std::size_t)>> queue;
  std::size_t queue_max = 0;
  bool ending = false;
  std::vector<std::thread> threads;

  void serve(std::size_t thread) {
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return ending || !queue.empty(); });
      if (ending) {
        return;
      }
      const auto work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work(thread);
    }
  }
};

blocking_pool::blocking_pool(const limits& given) : state_(std::make_unique<state>()) {
  state_->queue_max = given.queue;
  for (std::size_t i = 0; i < given.threads; ++i) {
    state_->threads.emplace_back([s = state_.get(), i] { s->serve(i); });
  }
}

blocking_pool::~blocking_pool() {
  std::deque<std::function<void(std::size_t)>> forgotten; // destroyed without the lock
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
    forgotten.swap(state_->queue);
  }
  state_->changed.notify_all();
  for (auto& thread : state_->threads) {
    thread.join();
  }
}

bool blocking_pool::run(std::function<void(std::size_t thread)> work) const {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->ending || state_->queue.size() >= state_->queue_max) {
      return false;
    }
    state_->queue.push_back(std::move(work));
  }
  state_->changed.notify_one();
  return true;
}

} // namespace reel
