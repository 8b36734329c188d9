// The entities of one actor type in one partition: a flat hash table from key to state.
#pragma once

#include <reel/descriptor.hpp>
#include <reel/detail/actor_state.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace reel::detail {

/// FNV-1a with a final mix: only for places in memory, never stored.
inline std::uint32_t table_hash(std::string_view key) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : key) {
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  h ^= h >> 29U;
  return static_cast<std::uint32_t>(h ^ (h >> 32U));
}

/// Linear probing with backward-shift deletion (Knuth, TAOCP 3, 6.4 algorithm R): no tombstones, so that millions of
/// short-lived entities leave nothing behind. A slot is 16 bytes; an entity stays where it is while the table grows.
template <class Actor>
class typed_table final : public entity_table {
public:
  typed_table() : slots_(slots_min) {}

  [[nodiscard]] const void* find(std::string_view key) const override {
    const auto& slot = slots_[locate(key, table_hash(key))];
    return slot.entity != nullptr ? &slot.entity->state : &fresh_;
  }
  [[nodiscard]] bool contains(std::string_view key) const override {
    return slots_[locate(key, table_hash(key))].entity != nullptr;
  }
  [[nodiscard]] void* touch(std::string_view key) override {
    const auto hash = table_hash(key);
    auto slot = locate(key, hash);
    if (slots_[slot].entity == nullptr) {
      if ((size_ + 1) * 4 > slots_.size() * 3) {
        rehash(slots_.size() * 2);
        slot = locate(key, hash);
      }
      auto created = std::make_unique<named_entity>();
      created->key = key;
      slots_[slot] = {hash, std::move(created)};
      ++size_;
    }
    return &slots_[slot].entity->state;
  }
  void erase(std::string_view key) override {
    const auto slot = locate(key, table_hash(key));
    if (slots_[slot].entity == nullptr) {
      return;
    }
    free_slot(slot);
    --size_;
    if (slots_.size() > slots_min && size_ * 16 < slots_.size()) {
      rehash(slots_.size() / 4);
    }
  }
  void clear() override {
    slots_.clear();
    slots_.resize(slots_min);
    size_ = 0;
  }
  [[nodiscard]] std::size_t size() const override {
    return size_;
  }
  void for_each(const std::function<void(std::string_view, const void*)>& visit) const override {
    for (const auto& slot : slots_) {
      if (slot.entity != nullptr) {
        visit(slot.entity->key, &slot.entity->state);
      }
    }
  }
  void save(const void* entity, std::string& out) const override {
    save_state(*static_cast<const Actor*>(entity), out);
  }
  [[nodiscard]] bool load(std::string_view key, std::string_view bytes) override {
    Actor state{};
    if (!load_state(state, bytes)) {
      return false;
    }
    *static_cast<Actor*>(touch(key)) = std::move(state);
    return true;
  }
  [[nodiscard]] std::string describe(const void* entity) const override {
    return describe_state(*static_cast<const Actor*>(entity));
  }

private:
  struct named_entity {
    std::string key;
    Actor state{};
  };
  struct slot_entry {
    std::uint32_t hash = 0;
    std::unique_ptr<named_entity> entity; // null: free
  };
  static constexpr std::size_t slots_min = 16;

  /// The slot of the key, or the free one where it would go.
  [[nodiscard]] std::size_t locate(std::string_view key, std::uint32_t hash) const noexcept {
    const auto mask = slots_.size() - 1;
    auto slot = hash & mask;
    while (slots_[slot].entity != nullptr && (slots_[slot].hash != hash || slots_[slot].entity->key != key)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
  void free_slot(std::size_t hole) noexcept {
    const auto mask = slots_.size() - 1;
    for (auto next = (hole + 1) & mask; slots_[next].entity != nullptr; next = (next + 1) & mask) {
      const auto home = slots_[next].hash & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) { // may stand in the hole: not before its home
        slots_[hole] = std::move(slots_[next]);
        hole = next;
      }
    }
    slots_[hole].entity.reset();
  }
  void rehash(std::size_t count) {
    auto old = std::exchange(slots_, std::vector<slot_entry>(count));
    const auto mask = count - 1;
    for (auto& entry : old) {
      if (entry.entity != nullptr) {
        auto slot = entry.hash & mask;
        while (slots_[slot].entity != nullptr) {
          slot = (slot + 1) & mask;
        }
        slots_[slot] = std::move(entry);
      }
    }
  }

  std::vector<slot_entry> slots_;
  std::size_t size_ = 0;
  Actor fresh_{};
};

} // namespace reel::detail
