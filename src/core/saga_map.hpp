// What the saga ledger knows of a choreography before anything happens: who reads which journal, which events lead to
// an end, which steps are undone by what, which event may cause which.
#pragma once

#include "core/clock.hpp"
#include "core/frame.hpp"

#include <reel/descriptor.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace reel::core {

/// A journal that sagas are read from.
struct ledger_journal {
  journal_id id{};
  std::string name;    ///< "inventory/0"
  std::string service; ///< or source
  std::uint32_t partition = 0;
  std::uint32_t partitions = 1;
};

/// Index in event_registry::events(); its size stands for a type that this program does not know.
using type_index = std::uint16_t;

/// Immutable; thread-safe.
class saga_map {
public:
  /// The choreography and the registry must outlive this.
  saga_map(const choreography_info& choreography, const event_registry& registry, std::vector<ledger_journal> journals);

  static constexpr std::size_t nowhere = ~std::size_t{0};

  [[nodiscard]] const choreography_info& choreography() const noexcept {
    return *choreography_;
  }
  [[nodiscard]] const event_registry& registry() const noexcept {
    return *registry_;
  }
  [[nodiscard]] const std::vector<ledger_journal>& journals() const noexcept {
    return journals_;
  }
  /// Index in journals(), or nowhere.
  [[nodiscard]] std::size_t journal(journal_id id) const noexcept {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nowhere : found->second;
  }
  /// The journals whose writers read this one.
  [[nodiscard]] const std::vector<std::size_t>& consumers(std::size_t journal) const noexcept {
    return consumers_[journal];
  }
  [[nodiscard]] type_index unknown_type() const noexcept {
    return static_cast<type_index>(registry_->events().size());
  }
  /// Stands for the cause of an event that nothing caused.
  [[nodiscard]] type_index no_type() const noexcept {
    return static_cast<type_index>(unknown_type() + 1);
  }
  /// Whether a terminal event may follow from this one (or is it).
  [[nodiscard]] bool may_end(type_index type) const noexcept {
    return may_end_[type] != 0;
  }
  [[nodiscard]] bool is_failure(type_index type) const noexcept {
    return type < unknown_type() && registry_->events()[type].failure;
  }
  [[nodiscard]] bool is_terminal(type_index type) const noexcept {
    return type < unknown_type() && registry_->events()[type].terminal;
  }
  /// The step that an event undoes, or no_type().
  [[nodiscard]] type_index undoes(type_index type) const noexcept {
    return undoes_[type];
  }
  /// Whether the choreography has this edge; `cause` may be no_type().
  [[nodiscard]] bool knows(type_index cause, type_index event) const noexcept {
    return edges_[static_cast<std::size_t>(cause) * no_type() + event] != 0;
  }
  /// Whether a deadline publishes it: its cause may have been handled long ago.
  [[nodiscard]] bool is_by_deadline(type_index type) const noexcept {
    return by_deadline_[type] != 0;
  }
  /// The effect that an event of this type asks for; null when it asks for none.
  [[nodiscard]] const reaction_info* effect(type_index type) const noexcept {
    return type < effects_.size() ? effects_[type].reaction : nullptr;
  }
  /// The actor of that effect.
  [[nodiscard]] std::string_view effect_actor(type_index type) const noexcept {
    return effects_[type].actor;
  }
  /// Changes whenever a fold of before could not be continued: graph, attributes, journals.
  [[nodiscard]] std::uint64_t shape() const noexcept {
    return shape_;
  }

private:
  void find_edges();
  void find_ends();
  void find_consumers();
  void find_effects();
  void find_shape();
  void add_edge(event_type_id cause, event_type_id event);

  struct asked_effect {
    const reaction_info* reaction = nullptr;
    std::string_view actor;
  };

  const choreography_info* choreography_;
  const event_registry* registry_;
  std::vector<asked_effect> effects_; // by type
  std::vector<ledger_journal> journals_;
  std::unordered_map<journal_id, std::size_t> by_id_;
  std::vector<std::vector<std::size_t>> consumers_; // by journal
  std::vector<std::uint8_t> may_end_;               // by type
  std::vector<std::uint8_t> by_deadline_;           // by type
  std::vector<type_index> undoes_;                  // by type
  std::vector<std::uint8_t> edges_;                 // by cause (no_type() last), then event
  std::uint64_t shape_ = 0;
};

} // namespace reel::core
