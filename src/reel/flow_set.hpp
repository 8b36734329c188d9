// A set of flows that takes about 16 bytes for each: what a checker remembers of a million finished orders.
#pragma once

#include <reel/ids.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace reel {

/// Open addressing with linear probing; grows, never shrinks. Not thread-safe.
class flow_set {
public:
  flow_set() : slots_(slots_min) {}
  /// False when it was there already.
  bool insert(correlation_id flow) {
    if ((size_ + 1) * 2 > slots_.size()) {
      auto old = std::exchange(slots_, std::vector<std::uint64_t>(slots_.size() * 2));
      for (const auto value : old) {
        if (value != 0) {
          slots_[place(value)] = value;
        }
      }
    }
    const auto value = stored(flow);
    const auto slot = place(value);
    const bool is_new = slots_[slot] == 0;
    slots_[slot] = value;
    size_ += is_new ? 1 : 0;
    return is_new;
  }
  [[nodiscard]] bool contains(correlation_id flow) const noexcept {
    return slots_[place(stored(flow))] != 0;
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

private:
  static constexpr std::size_t slots_min = 1024;

  [[nodiscard]] static std::uint64_t stored(correlation_id flow) noexcept {
    const auto value = static_cast<std::uint64_t>(flow); // a hash already; 0 marks a free slot
    return value != 0 ? value : 1;
  }
  [[nodiscard]] std::size_t place(std::uint64_t value) const noexcept {
    const auto mask = slots_.size() - 1;
    auto slot = value & mask;
    while (slots_[slot] != 0 && slots_[slot] != value) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

} // namespace reel
