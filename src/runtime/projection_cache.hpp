// Rows of a read model in memory: the changed ones until they are written, and the newest unchanged ones.
#pragma once

#include <reel/projection.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace reel::runtime {

struct cached_row {
  std::string key;
  projection::row cells;
  std::uint64_t hash = 0;
  std::uint32_t older = 0; ///< list of the clean rows
  std::uint32_t newer = 0;
  bool dirty = false;
};

/// A write-behind cache. Dirty rows stay whatever the limit is; of the clean ones those written longest ago are dropped
/// first.
///
///   touch -> dirty --mark_clean--> clean (newest) ... clean (oldest) --evict--> gone
///                    ^------------- touch -----------|
///
/// Not thread-safe.
class row_cache {
public:
  row_cache(std::size_t rows_max, std::size_t columns);

  struct touched {
    cached_row& row;
    bool created; ///< not in the cache before: all cells are empty, the caller fills it
  };
  /// Finds or creates the row and makes it dirty. The reference is valid until the next call of evict() or clear().
  touched touch(std::string_view key);

  /// Indices of the dirty rows, in the order in which they became dirty.
  [[nodiscard]] const std::vector<std::uint32_t>& dirty() const noexcept {
    return dirty_;
  }
  [[nodiscard]] const cached_row& at(std::uint32_t index) const {
    return rows_[index];
  }
  /// The dirty rows have been written.
  void mark_clean();
  /// Drops the oldest clean rows until the limit is met.
  void evict();
  void clear();
  [[nodiscard]] std::size_t size() const noexcept {
    return used_;
  }

private:
  /// Index 0 of rows_ is the head of the circular list of clean rows, and 0 in a slot means "free".
  static constexpr std::uint32_t head = 0;

  struct slot {
    std::uint32_t tag = 0; ///< low half of the hash: place and most mismatches are seen without reading the row
    std::uint32_t index = 0;
  };

  [[nodiscard]] std::uint32_t find(std::string_view key, std::uint64_t hash) const noexcept;
  std::uint32_t create(std::string_view key, std::uint64_t hash);
  void insert_slot(const slot& s) noexcept;
  void erase_slot(const slot& s) noexcept;
  void grow();
  void link_newest(std::uint32_t index) noexcept;
  void unlink(std::uint32_t index) noexcept;

  std::size_t rows_max_;
  std::size_t columns_;
  std::deque<cached_row> rows_; // a deque keeps references valid
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> dirty_;
  std::vector<slot> slots_; // open addressing, linear probing
  std::size_t used_ = 0;
};

} // namespace reel::runtime
