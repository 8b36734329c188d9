// How often a reaction that throws is tried again, and when.
#pragma once

#include <chrono>
#include <cstdint>

namespace reel {

/// Exponential backoff with jitter. Before attempt n + 1 passes about `first * factor^(n - 1)`, at most `cap`. While an
/// event waits, later events of the same entity wait behind it; other entities go on.
struct retry_policy {
  std::uint32_t attempts = 5; ///< in all; after the last one the event is a dead letter. 1: never tried again
  std::chrono::milliseconds first{100};
  double factor = 2.0;
  std::chrono::milliseconds cap{30'000};
  double jitter = 0.2; ///< share of the delay by which it may be longer or shorter

  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

} // namespace reel
