// A thread that runs tasks in their order: for what blocks.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace reel::transport {

class worker {
public:
  /// `closing`: do not start anything, answer and return.
  using task = std::function<void(bool closing)>;

  explicit worker(const char* name);
  /// Runs what is left with `closing` set.
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Thread-safe.
  void post(task next);
  /// No task is started from now on; what waits is told so. Tasks that wait are woken.
  void close();
  /// close(), and waits for the end of the running task. Not to be called by a task, nor by two threads at once.
  void stop();
  /// For tasks: waits, or returns true at once when the worker is being closed.
  [[nodiscard]] bool closed_after(std::chrono::milliseconds wait);

private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<task> tasks_;
  bool closing_ = false;
  std::thread thread_; // last: starts when everything else is there
};

} // namespace reel::transport
