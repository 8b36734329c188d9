#include "core/timer_set.hpp"

#include "core/hash.hpp"

#include <algorithm>
#include <utility>

namespace reel::core {

namespace {

constexpr std::size_t slots_min = 16;
constexpr std::size_t children = 4; // of a place in the heap: fewer levels, and siblings share a cache line

std::uint32_t hash_of(std::uint16_t deadline, std::string_view key) noexcept {
  return static_cast<std::uint32_t>((xxh3(key) ^ deadline) * 0x9e3779b97f4a7c15ULL >> 32U);
}

} // namespace

// -- records ----------------------------------------------------------------------------------------------------------

timer_set::number timer_set::start(timer started, bool relative) {
  const auto hash = hash_of(started.deadline, started.key);
  if (slots_.empty() || (size_ + 1) * 4 > slots_.size() * 3) {
    rehash(std::max(slots_min, slots_.size() * 2));
  }
  const auto slot = locate(started.deadline, started.key, hash);
  auto record = slots_[slot];
  if (record == none) {
    record = take_record();
    slots_[slot] = record;
    ++size_;
  } else {
    take_out(record);
  }
  const auto place = static_cast<std::uint32_t>(open_.size());
  records_[record] = {std::move(started), hash, place, true, true, false, relative};
  open_.push_back(record);
  return record;
}

void timer_set::close(timestamp sealed, const std::function<void(const timer&)>& visit) {
  for (const auto record : open_) {
    auto& r = records_[record];
    r.is_open = false;
    if (r.is_relative) {
      r.content.due += sealed.time_since_epoch();
    }
    visit(r.content);
    push(record, r.content.due);
  }
  open_.clear();
}

void timer_set::stop(number record) {
  if (record == none) {
    return;
  }
  auto& r = records_[record];
  take_out(record);
  free_slot(locate(r.content.deadline, r.content.key, r.hash));
  r.content.key = {};
  r.used = false;
  r.place = free_;
  free_ = record;
  if (--size_ == 0 && records_.size() > slots_min * slots_min) {
    clear(); // gives the memory back
  }
}

void timer_set::clear() {
  *this = timer_set();
}

timer_set::number timer_set::find(std::uint16_t deadline, std::string_view key) const noexcept {
  return size_ == 0 ? none : slots_[locate(deadline, key, hash_of(deadline, key))];
}

void timer_set::for_each(const std::function<void(const timer&)>& visit) const {
  for (const auto& r : records_) {
    if (r.used) {
      visit(r.content);
    }
  }
}

std::size_t timer_set::memory_bytes() const noexcept {
  return records_.capacity() * sizeof(record_entry) + slots_.capacity() * sizeof(number) +
         heap_.capacity() * sizeof(heap_entry);
}

timer_set::number timer_set::take_record() {
  if (free_ == none) {
    records_.emplace_back();
    return static_cast<number>(records_.size() - 1);
  }
  return std::exchange(free_, records_[free_].place);
}

/// The slot of the timer, or the free one where it would go.
std::size_t timer_set::locate(std::uint16_t deadline, std::string_view key, std::uint32_t hash) const noexcept {
  const auto mask = slots_.size() - 1;
  auto slot = hash & mask;
  for (; slots_[slot] != none; slot = (slot + 1) & mask) {
    const auto& r = records_[slots_[slot]];
    if (r.hash == hash && r.content.deadline == deadline && r.content.key == key) {
      break;
    }
  }
  return slot;
}

/// Backward-shift deletion (Knuth, TAOCP 3, 6.4 algorithm R).
void timer_set::free_slot(std::size_t hole) noexcept {
  const auto mask = slots_.size() - 1;
  for (auto next = (hole + 1) & mask; slots_[next] != none; next = (next + 1) & mask) {
    const auto home = records_[slots_[next]].hash & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      slots_[hole] = slots_[next];
      hole = next;
    }
  }
  slots_[hole] = none;
}

void timer_set::rehash(std::size_t count) {
  slots_.assign(count, none);
  for (number i = 0; i < records_.size(); ++i) {
    if (records_[i].used) {
      auto slot = records_[i].hash & (count - 1);
      while (slots_[slot] != none) {
        slot = (slot + 1) & (count - 1);
      }
      slots_[slot] = i;
    }
  }
}

// -- order ------------------------------------------------------------------------------------------------------------

void timer_set::hold(number record) {
  take_out(record);
  records_[record].is_held = true;
}

void timer_set::postpone(number record, timestamp until) {
  take_out(record);
  push(record, until);
}

void timer_set::push(number record, timestamp time) {
  heap_.push_back({time, record});
  records_[record].place = static_cast<std::uint32_t>(heap_.size() - 1);
  sift_up(heap_.size() - 1);
}

void timer_set::take_out(number record) noexcept {
  const auto place = std::exchange(records_[record].place, none);
  if (place == none) {
    return;
  }
  if (records_[record].is_open) {
    open_[place] = open_.back();
    records_[open_[place]].place = place;
    open_.pop_back();
    records_[record].place = none;
    return;
  }
  const auto last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    put(place, last);
    sift_up(place);
    sift_down(records_[last.record].place);
  }
}

void timer_set::put(std::size_t place, heap_entry entry) noexcept {
  heap_[place] = entry;
  records_[entry.record].place = static_cast<std::uint32_t>(place);
}

void timer_set::sift_up(std::size_t place) noexcept {
  const auto entry = heap_[place];
  while (place > 0 && entry.time < heap_[(place - 1) / children].time) {
    put(place, heap_[(place - 1) / children]);
    place = (place - 1) / children;
  }
  put(place, entry);
}

void timer_set::sift_down(std::size_t place) noexcept {
  const auto entry = heap_[place];
  for (auto first = place * children + 1; first < heap_.size(); first = place * children + 1) {
    const auto end = std::min(first + children, heap_.size());
    auto least = first;
    for (auto child = first + 1; child < end; ++child) {
      least = heap_[child].time < heap_[least].time ? child : least;
    }
    if (entry.time <= heap_[least].time) {
      break;
    }
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

} // namespace reel::core
