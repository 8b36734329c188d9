#include "core/frame.hpp"

#include <bit>
#include <stdexcept>

namespace reel::core {

namespace {
constexpr std::uint32_t free_slot = 0xffffffff;
}

event_registry::event_registry(std::vector<event_info> events) : events_(std::move(events)) {
  slots_.assign(std::bit_ceil(events_.size() * 2 + 2), free_slot);
  mask_ = static_cast<std::uint32_t>(slots_.size()) - 1;
  for (std::uint32_t i = 0; i < events_.size(); ++i) {
    for (std::uint32_t j = 0; j < i; ++j) {
      if (events_[j].name == events_[i].name) {
        throw std::invalid_argument("event " + std::string(events_[i].name) + " is named twice");
      }
    }
    if (const auto* other = find(events_[i].id)) {
      throw std::invalid_argument("events " + std::string(other->name) + " and " + std::string(events_[i].name) +
                                  " have the same id; rename one");
    }
    auto slot = static_cast<std::uint32_t>(events_[i].id) & mask_;
    while (slots_[slot] != free_slot) {
      slot = (slot + 1) & mask_;
    }
    slots_[slot] = i;
  }
}

std::size_t event_registry::index_of(event_type_id id) const noexcept {
  for (auto slot = static_cast<std::uint32_t>(id) & mask_; slots_[slot] != free_slot; slot = (slot + 1) & mask_) {
    if (events_[slots_[slot]].id == id) {
      return slots_[slot];
    }
  }
  return events_.size();
}

const event_info* event_registry::find(event_type_id id) const noexcept {
  const auto index = index_of(id);
  return index < events_.size() ? &events_[index] : nullptr;
}

const event_info* event_registry::find(std::string_view name) const noexcept {
  for (const auto& info : events_) {
    if (info.name == name) {
      return &info;
    }
  }
  return nullptr;
}

std::span<const event_info> event_registry::events() const noexcept {
  return events_;
}

} // namespace reel::core
