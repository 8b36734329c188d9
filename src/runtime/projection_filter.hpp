// Says of a key that it is certainly not in a table, so that a new row needs no look-up on disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::runtime {

/// "9" < "10" < "11": shorter first, then by bytes. Numbers counted up come in this order, also as text.
[[nodiscard]] bool counts_before(std::string_view left, std::string_view right) noexcept;

/// Bounded in memory and free at start: a fence and a Bloom filter.
///
/// Keys that do not count after the fence may all be in the table. Behind it, the Bloom filter knows which keys have
/// been written since. The fence starts at the table's highest key, which is stored with the rows, and moves up when
/// the filter is full. Never wrong when it says no; a wrong maybe costs a look-up. Not thread-safe.
class key_filter {
public:
  /// `bits` is rounded up to a power of two, at least 512.
  explicit key_filter(std::size_t bits);

  /// Forgets everything: all keys up to `fence` may exist. Empty fence: the table is empty.
  void restart(std::string fence);
  void add(std::string_view key, std::uint64_t hash);
  [[nodiscard]] bool may_contain(std::string_view key, std::uint64_t hash) const noexcept;
  /// The highest key added or given to restart().
  [[nodiscard]] const std::string& highest() const noexcept {
    return highest_;
  }

private:
  struct probe {
    std::size_t block;
    std::uint64_t mask;
  };
  [[nodiscard]] probe probe_of(std::uint64_t hash) const noexcept;

  std::string fence_;
  std::string highest_;
  std::vector<std::uint64_t> words_; // one word per key: one cache line to touch
  std::size_t added_ = 0;
  std::size_t added_max_;
};

} // namespace reel::runtime
