#include "cli/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace reel::cli {
namespace {

constexpr unsigned bits = histogram::precision_bits;
constexpr std::uint64_t buckets_per_power = 1ULL << bits;
constexpr std::size_t bucket_count = (64 - bits - 1) * buckets_per_power + 2 * buckets_per_power;

} // namespace

histogram::histogram() : counts_(bucket_count) {}

/// Values below 2^(bits + 1) stand for themselves; above, the leading bits + 1 bits are kept and the power is counted.
std::size_t histogram::index_of(std::uint64_t value) noexcept {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > bits + 1 ? width - bits - 1 : 0;
  return shift * buckets_per_power + (value >> shift);
}

std::uint64_t histogram::highest_of(std::size_t index) noexcept {
  const auto shift = index < 2 * buckets_per_power ? 0 : index / buckets_per_power - 1;
  const std::uint64_t leading = index - shift * buckets_per_power;
  return (leading << shift) + ((1ULL << shift) - 1);
}

void histogram::record(std::uint64_t value, std::uint64_t times) noexcept {
  if (times == 0)
    return;
  counts_[index_of(value)] += times;
  count_ += times;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value) * static_cast<double>(times);
}

void histogram::add(const histogram& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i)
    counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void histogram::clear() noexcept {
  *this = histogram{};
}

std::uint64_t histogram::min() const noexcept {
  return count_ == 0 ? 0 : min_;
}

double histogram::mean() const noexcept {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::uint64_t histogram::quantile(double q) const noexcept {
  if (count_ == 0)
    return 0;
  const auto share = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const auto wanted = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += counts_[i];
    if (seen >= wanted)
      return std::min(highest_of(i), max_);
  }
  return max_;
}

} // namespace reel::cli
