// The events that a partition has parked: those that are tried again, those that wait behind them, and dead letters.
#pragma once

#include "core/frame.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace reel::core {

/// Entries by number. The live ones of one entity form a queue in the order of their numbers; only its head is tried,
/// when it is due. Dead letters block nobody. Not thread-safe.
class pending_set {
public:
  /// Adds an entry, or replaces the one with its number.
  void put(pending_entry entry);
  /// False when there is no such entry.
  bool remove(std::uint64_t number);

  /// Null when there is no such entry.
  [[nodiscard]] const pending_entry* find(std::uint64_t number) const;
  /// True when the entity has live entries: what comes for it waits behind them.
  [[nodiscard]] bool blocks(std::string_view actor, std::string_view key) const;
  /// The first of these; null when there are none.
  [[nodiscard]] const pending_entry* head(std::string_view actor, std::string_view key) const;
  /// The head that is due first; null when nothing is live.
  [[nodiscard]] const pending_entry* next() const;

  [[nodiscard]] const std::map<std::uint64_t, pending_entry>& entries() const noexcept {
    return entries_;
  }
  [[nodiscard]] std::size_t live() const noexcept {
    return entries_.size() - dead_;
  }
  [[nodiscard]] std::size_t dead() const noexcept {
    return dead_;
  }

private:
  using entity = std::pair<std::string, std::string>; // actor, key
  using queue = std::set<std::uint64_t>;

  struct entity_less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return std::pair<std::string_view, std::string_view>(a.first, a.second) <
             std::pair<std::string_view, std::string_view>(b.first, b.second);
    }
  };

  void take_out(const pending_entry& entry);
  void schedule(const queue& q);
  void unschedule(const queue& q);

  std::map<std::uint64_t, pending_entry> entries_;
  std::map<entity, queue, entity_less> queues_;         // live entries
  std::set<std::pair<timestamp, std::uint64_t>> heads_; // of the queues, by when they are due
  std::size_t dead_ = 0;
};

} // namespace reel::core
