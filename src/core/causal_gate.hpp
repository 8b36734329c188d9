// The causal gate: holds back a frame until everything that it depends on, in the journals read here, has been handled.
#pragma once

#include "core/clock.hpp"
#include "core/routing.hpp"

#include <deque>
#include <memory>
#include <vector>

namespace reel::core {

/// Puts the frames of several journals into an order in which causes come before effects.
///
/// One lane per journal that the consumer reads; frames of a lane arrive in order. Bounded by the credit that the
/// consumer gives to each journal's reader, not by itself. Not thread-safe.
class causal_gate {
public:
  using routed = std::shared_ptr<const routed_frame>;

  /// Declares a journal that this consumer reads, and how far it has been handled.
  void add_lane(journal_id journal, const position& handled);
  /// Takes the next frame of a lane. Frames that were handled already are dropped (false). Throws std::logic_error on a
  /// gap, because a reader must never skip a frame.
  bool offer(routed frame);
  /// The next frame that may be handled now, or null. Marks it as handled. Lanes take turns.
  /// Errors: chain_broken, when a frame depends on another history of a journal than the one that was read here.
  [[nodiscard]] expected<routed> next();

  [[nodiscard]] position handled(journal_id journal) const noexcept;
  /// Frames that wait.
  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_;
  }
  void clear();

private:
  struct lane {
    journal_id journal;
    position handled;
    std::deque<routed> queue;
  };

  [[nodiscard]] lane* find(journal_id journal) noexcept;
  [[nodiscard]] expected<bool> admissible(const frame& f);

  std::vector<lane> lanes_;
  std::size_t turn_ = 0;
  std::size_t waiting_ = 0;
};

} // namespace reel::core
