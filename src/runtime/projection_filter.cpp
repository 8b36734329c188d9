#include "runtime/projection_filter.hpp"

#include <algorithm>
#include <bit>

namespace reel::runtime {

namespace {

/// At 16 bits per key and four probes within one word about one unknown key in a hundred is looked up in vain.
constexpr std::size_t bits_per_key = 16;
constexpr std::size_t bits_min = 512;

} // namespace

bool counts_before(std::string_view left, std::string_view right) noexcept {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

key_filter::key_filter(std::size_t bits)
    : words_(std::bit_ceil(std::max(bits, bits_min)) / 64), added_max_(words_.size() * 64 / bits_per_key) {}

void key_filter::restart(std::string fence) {
  highest_ = fence;
  fence_ = std::move(fence);
  std::fill(words_.begin(), words_.end(), 0);
  added_ = 0;
}

void key_filter::add(std::string_view key, std::uint64_t hash) {
  if (may_contain(key, hash)) { // updates of old rows must not fill the filter
    return;
  }
  if (counts_before(highest_, key)) {
    highest_.assign(key);
  }
  const auto p = probe_of(hash);
  words_[p.block] |= p.mask;
  if (++added_ >= added_max_) {
    restart(highest_);
  }
}

bool key_filter::may_contain(std::string_view key, std::uint64_t hash) const noexcept {
  if (!counts_before(fence_, key)) {
    return true;
  }
  if (counts_before(highest_, key)) { // the usual new row, without a look into the large filter
    return false;
  }
  const auto p = probe_of(hash);
  return (words_[p.block] & p.mask) == p.mask;
}

key_filter::probe key_filter::probe_of(std::uint64_t hash) const noexcept {
  std::uint64_t mask = 0;
  for (unsigned shift = 0; shift < 24; shift += 6) {
    mask |= std::uint64_t{1} << ((hash >> shift) & 63U);
  }
  return {static_cast<std::size_t>(hash >> 24U) & (words_.size() - 1), mask};
}

} // namespace reel::runtime
