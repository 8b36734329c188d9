// A repeatable decision: the same key gives the same answer in every run with the same seed.
#pragma once

#include <cstdint>
#include <string_view>

namespace shop {

/// What is decided: different questions about one order are answered independently.
enum class question : std::uint64_t {
  declined = 1,
  payment_reference,
  refund_reference,
  refused,
  tracking_number,
  unpaid
};

/// A number that depends on nothing but its arguments (FNV-1a, then the mixer of SplitMix64).
[[nodiscard]] constexpr std::uint64_t draw(std::string_view key, question what, std::uint64_t seed) noexcept {
  std::uint64_t x = 0xcbf29ce484222325ULL ^ (seed * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(what));
  for (const char c : key) {
    x = (x ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

/// True for about `share` (0 to 1) of all keys.
[[nodiscard]] constexpr bool happens(std::string_view key, question what, std::uint64_t seed, double share) noexcept {
  constexpr double draws = 9007199254740992.0; // 2^53
  return static_cast<double>(draw(key, what, seed) >> 11U) < share * draws;
}

} // namespace shop
