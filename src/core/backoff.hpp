// The delay before the next attempt of a reaction that threw.
#pragma once

#include <reel/retry.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace reel::core {

/// Exponential backoff with jitter that depends on `seed` alone, so that a recovered partition and a simulated one wait
/// as long. `attempts`: how many have failed, at least 1.
[[nodiscard]] inline std::chrono::nanoseconds backoff(const retry_policy& policy, std::uint32_t attempts,
                                                      std::uint64_t seed) {
  const auto cap = static_cast<double>(policy.cap.count());
  const auto plain = static_cast<double>(policy.first.count()) * std::pow(policy.factor, attempts - 1.0);
  const auto share = static_cast<double>(seed % 2001) / 1000.0 - 1.0; // -1 to 1
  const auto delay_ms = std::min(plain, cap) * (1.0 + policy.jitter * share);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::max(0.0, std::min(delay_ms, cap)) * 1e6));
}

} // namespace reel::core
