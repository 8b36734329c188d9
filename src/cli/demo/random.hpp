// The demo's randomness: pure functions of a seed, the same on every machine.
#pragma once

#include <cstdint>

namespace reel::demo {

/// SplitMix64: a full-period sequence from any seed, and a good mixer of its state.
class split_mix {
public:
  constexpr explicit split_mix(std::uint64_t seed) noexcept : state_{seed} {}

  constexpr std::uint64_t operator()() noexcept {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound), for bounds far below 2^32.
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(((*this)() >> 32) * bound >> 32);
  }

private:
  std::uint64_t state_;
};

/// Scatters a number over all 64 bits.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t number) noexcept {
  return split_mix{number}();
}

/// A seed for the `index`-th thing of a run with `seed`.
[[nodiscard]] constexpr std::uint64_t mixed_seed(std::uint64_t seed, std::uint64_t index) noexcept {
  split_mix outer{seed};
  split_mix inner{outer() ^ (index * 0xd1342543de82ef95ULL)};
  return inner();
}

/// A share in parts per million as a threshold for `draw < threshold`; exact for 0 and 1,000,000.
[[nodiscard]] constexpr bool drawn(std::uint64_t random, std::uint32_t share_ppm) noexcept {
  return static_cast<std::uint32_t>((random >> 32) * 1'000'000U >> 32) < share_ppm;
}

} // namespace reel::demo
