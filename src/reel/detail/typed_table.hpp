// The entities of one actor type in one partition: a flat hash table from key to state.
#pragma once

#include <reel/detail/state_codec.hpp>
#include <reel/descriptor.hpp>

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
  return static_cast<std::uint32_t>(h ^ (h >> 32U)) | 1U; // 0 marks a free slot
}

/// Linear probing with backward-shift deletion (Knuth, TAOCP 3, 6.4 algorithm R): no tombstones, so that millions of short-lived
/// entities leave nothing behind. Slots are indices into a dense vector of entities, which stays small to move.
template <class Actor>
class typed_table final : public entity_table {
public:
  typed_table() : slots_(slots_min) {
  }

  [[nodiscard]] const void* find(std::string_view key) const override {
    const auto slot = locate(key, table_hash(key));
    return slot != npos ? &entities_[slots_[slot].index]->state : &fresh_;
  }
  [[nodiscard]] bool contains(std::string_view key) const override {
    return locate(key, table_hash(key)) != npos;
  }
  [[nodiscard]] void* touch(std::string_view key) override {
    const auto hash = table_hash(key);
    auto slot = locate(key, hash);
    if (slot == npos) {
      slot = insert(key, hash);
    }
    return &entities_[slots_[slot].index]->state;
  }
  void erase(std::string_view key) override {
    const auto slot = locate(key, table_hash(key));
    if (slot == npos) {
      return;
    }
    const auto index = slots_[slot].index;
    free_slot(slot);
    if (index + 1 != entities_.size()) { // the last entity moves into the gap
      const auto& last = *entities_.back();
      slots_[locate(last.key, table_hash(last.key))].index = index;
      entities_[index] = std::move(entities_.back());
    }
    entities_.pop_back();
    if (slots_.size() > slots_min && entities_.size() * 16 < slots_.size()) {
      rehash(slots_.size() / 4);
    }
  }
  void clear() override {
    entities_.clear();
    slots_.assign(slots_min, {});
  }
  [[nodiscard]] std::size_t size() const override {
    return entities_.size();
  }
  void for_each(const std::function<void(std::string_view, const void*)>& visit) const override {
    for (const auto& e : entities_) {
      visit(e->key, &e->state);
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
    std::uint32_t index = 0;
  };
  static constexpr std::size_t slots_min = 16;
  static constexpr std::size_t npos = ~std::size_t{0};

  [[nodiscard]] std::size_t locate(std::string_view key, std::uint32_t hash) const noexcept {
    const auto mask = slots_.size() - 1;
    for (auto slot = hash & mask; slots_[slot].hash != 0; slot = (slot + 1) & mask) {
      if (slots_[slot].hash == hash && entities_[slots_[slot].index]->key == key) {
        return slot;
      }
    }
    return npos;
  }
  std::size_t insert(std::string_view key, std::uint32_t hash) {
    if ((entities_.size() + 1) * 4 > slots_.size() * 3) {
      rehash(slots_.size() * 2);
    }
    auto created = std::make_unique<named_entity>();
    created->key = key;
    entities_.push_back(std::move(created));
    return place({hash, static_cast<std::uint32_t>(entities_.size() - 1)});
  }
  std::size_t place(slot_entry e) noexcept {
    const auto mask = slots_.size() - 1;
    auto slot = e.hash & mask;
    while (slots_[slot].hash != 0) {
      slot = (slot + 1) & mask;
    }
    slots_[slot] = e;
    return slot;
  }
  void free_slot(std::size_t hole) noexcept {
    const auto mask = slots_.size() - 1;
    for (auto next = (hole + 1) & mask; slots_[next].hash != 0; next = (next + 1) & mask) {
      const auto home = slots_[next].hash & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots_[hole] = slots_[next];
        hole = next;
      }
    }
    slots_[hole] = {};
  }
  void rehash(std::size_t count) {
    auto old = std::exchange(slots_, std::vector<slot_entry>(count));
    for (const auto& e : old) {
      if (e.hash != 0) {
        place(e);
      }
    }
  }

  std::vector<slot_entry> slots_;
  std::vector<std::unique_ptr<named_entity>> entities_;
  Actor fresh_{};
};

} // namespace reel::detail
