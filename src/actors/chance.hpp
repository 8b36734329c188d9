// A repeatable decision: the same key gives the same answer in every run with the same seed.
#pragma once

#include <cstdint>
#include <string_view>

namespace shop {

/// A number that depends on nothing but key and seed (FNV-1a, then the mixer of SplitMix64).
[[nodiscard]] constexpr std::uint64_t draw(std::string_view key, std::uint64_t seed) noexcept {
  std::uint64_t x = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : key) {
    x = (x ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

/// True for about `share` (0 to 1) of all keys.
[[nodiscard]] constexpr bool happens(std::string_view key, std::uint64_t seed, double share) noexcept {
  return static_cast<double>(draw(key, seed) >> 11U) < share * 9007199254740992.0; // 2^53
}

} // namespace shop
