// Counts durations (or any whole numbers) in buckets that are fine where numbers are small: quantiles of a million
// values in 58 KiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reel::cli {

/// Log-linear: each power of two is cut into 2^precision_bits buckets of equal width, so a bucket is at most 1 / 128 as
/// wide as the values in it. Numbers below 256 are exact. quantile() is never less than the true value and exceeds it
/// by at most 1 / 128 (0.8 %). Covers all of uint64. Not thread-safe; add up one per thread.
class histogram {
public:
  static constexpr unsigned precision_bits = 7;

  histogram();

  void record(std::uint64_t value, std::uint64_t times = 1) noexcept;
  void add(const histogram& other) noexcept;
  void clear() noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept {
    return count_;
  }
  /// Exact; 0 when nothing was recorded.
  [[nodiscard]] std::uint64_t min() const noexcept;
  [[nodiscard]] std::uint64_t max() const noexcept {
    return max_;
  }
  [[nodiscard]] double mean() const noexcept;
  /// The value that a share of `q` (0 to 1) of all values does not exceed; 0 when nothing was recorded.
  [[nodiscard]] std::uint64_t quantile(double q) const noexcept;

private:
  [[nodiscard]] static std::size_t index_of(std::uint64_t value) noexcept;
  [[nodiscard]] static std::uint64_t highest_of(std::size_t index) noexcept;

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

} // namespace reel::cli
