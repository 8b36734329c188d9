// A few threads for clients that block: what an effect calls must not.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace reel {

/// Runs functions on its own threads, those that came first at the front. Thread-safe.
///
/// A function must end by itself (give the client timeouts): the destructor waits for those that run, and forgets those
/// that have not begun.
class blocking_pool {
public:
  struct limits {
    std::size_t threads = 8;
    std::size_t queue = 256; ///< functions that wait for a thread
  };
  explicit blocking_pool(const limits& given);
  blocking_pool(const blocking_pool&) = delete;
  blocking_pool& operator=(const blocking_pool&) = delete;
  ~blocking_pool();

  /// The function gets the number of its thread, from 0, for clients that belong to one thread. It must not throw.
  /// False when the queue is full: then it is not run, and the caller says so (completion::fail).
  [[nodiscard]] bool run(std::function<void(std::size_t thread)> work) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace reel
