// The signals that ask a program to stop, as something to wait for.
#pragma once

#include <csignal>
#include <ctime>

namespace reel::cli {

/// SIGINT and SIGTERM, taken synchronously by one thread. Construct it before any other thread is started: they inherit
/// that the signals are blocked.
class stop_signals {
public:
  stop_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  /// Waits at most one tick. True when a signal came.
  [[nodiscard]] bool wait_tick() const {
    constexpr long tick_ns = 50'000'000;
    return wait(tick_ns);
  }
  /// True when a signal has come.
  [[nodiscard]] bool arrived() const {
    return wait(0);
  }

private:
  [[nodiscard]] bool wait(long nanoseconds) const {
    const timespec limit{0, nanoseconds};
    return sigtimedwait(&set_, nullptr, &limit) > 0;
  }

  sigset_t set_{};
};

} // namespace reel::cli
