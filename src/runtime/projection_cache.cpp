#include "runtime/projection_cache.hpp"

#include "core/hash.hpp"

namespace reel::runtime {

namespace {

constexpr std::size_t slots_first = 1024;

std::uint32_t tag_of(std::uint64_t hash) noexcept {
  return static_cast<std::uint32_t>(hash);
}

} // namespace

row_cache::row_cache(std::size_t rows_max, std::size_t columns)
    : rows_max_(rows_max), columns_(columns), rows_(1), slots_(slots_first) {}

row_cache::touched row_cache::touch(std::string_view key) {
  const auto hash = core::xxh3(key);
  auto index = find(key, hash);
  const bool created = index == head;
  if (created) {
    index = create(key, hash);
  }
  auto& row = rows_[index];
  if (!row.dirty) {
    if (!created) {
      unlink(index);
    }
    row.dirty = true;
    dirty_.push_back(index);
  }
  return {row, created};
}

void row_cache::mark_clean() {
  for (const auto index : dirty_) {
    rows_[index].dirty = false;
    link_newest(index);
  }
  dirty_.clear();
}

void row_cache::evict() {
  while (used_ > rows_max_ && rows_[head].newer != head) {
    const auto index = rows_[head].newer;
    unlink(index);
    erase_slot({tag_of(rows_[index].hash), index});
    free_.push_back(index);
    --used_;
  }
}

void row_cache::clear() {
  rows_.clear();
  rows_.resize(1);
  free_.clear();
  dirty_.clear();
  slots_.assign(slots_first, slot{});
  used_ = 0;
}

std::uint32_t row_cache::find(std::string_view key, std::uint64_t hash) const noexcept {
  const auto tag = tag_of(hash);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = tag & mask; slots_[i].index != head; i = (i + 1) & mask) {
    if (slots_[i].tag == tag && rows_[slots_[i].index].key == key) {
      return slots_[i].index;
    }
  }
  return head;
}

std::uint32_t row_cache::create(std::string_view key, std::uint64_t hash) {
  if ((used_ + 1) * 2 > slots_.size()) {
    grow();
  }
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(rows_.size());
    rows_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  auto& row = rows_[index];
  row.key.assign(key);
  row.cells.assign(columns_, cell{});
  row.hash = hash;
  row.dirty = false;
  insert_slot({tag_of(hash), index});
  ++used_;
  return index;
}

void row_cache::insert_slot(const slot& s) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = s.tag & mask;
  while (slots_[i].index != head) {
    i = (i + 1) & mask;
  }
  slots_[i] = s;
}

void row_cache::erase_slot(const slot& s) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t gap = s.tag & mask;
  while (slots_[gap].index != s.index) {
    gap = (gap + 1) & mask;
  }
  // Close the gap: whoever stands behind it and could not reach its place across a free slot moves up.
  for (std::size_t i = (gap + 1) & mask; slots_[i].index != head; i = (i + 1) & mask) {
    const std::size_t wanted = slots_[i].tag & mask;
    if (((i - wanted) & mask) >= ((i - gap) & mask)) {
      slots_[gap] = slots_[i];
      gap = i;
    }
  }
  slots_[gap] = {};
}

void row_cache::grow() {
  std::vector<slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const auto& s : old) {
    if (s.index != head) {
      insert_slot(s);
    }
  }
}

void row_cache::link_newest(std::uint32_t index) noexcept {
  auto& row = rows_[index];
  const auto last = rows_[head].older;
  row.newer = head;
  row.older = last;
  rows_[last].newer = index;
  rows_[head].older = index;
}

void row_cache::unlink(std::uint32_t index) noexcept {
  const auto& row = rows_[index];
  rows_[row.older].newer = row.newer;
  rows_[row.newer].older = row.older;
}

} // namespace reel::runtime
