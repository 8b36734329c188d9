// How calls to the world outside are limited, repeated and given up.
#pragma once

#include <reel/retry.hpp>

#include <chrono>
#include <cstdint>

namespace reel {

/// When a service outside counts as down. Closed: calls are made. Open: none is made for a while. Half-open: a few are
/// made to find out; one that succeeds closes the breaker, one that fails opens it again.
struct breaker_policy {
  std::uint32_t failures = 20; ///< attempts in a row that fail until it opens; 0: it never opens
  std::chrono::milliseconds open_for{5'000};
  std::uint32_t probes = 1; ///< calls at once while it is half-open

  friend bool operator==(const breaker_policy&, const breaker_policy&) = default;
};

/// Limits of one effect in one process.
struct effect_policy {
  std::uint32_t in_flight = 64;              ///< calls at once
  std::chrono::milliseconds timeout{10'000}; ///< of one attempt
  /// Attempts, and the delays between them. 0 attempts: as often as it takes.
  retry_policy retries{.attempts = 6, .first = std::chrono::milliseconds{200}};
  breaker_policy breaker{};

  friend bool operator==(const effect_policy&, const effect_policy&) = default;
};

} // namespace reel
