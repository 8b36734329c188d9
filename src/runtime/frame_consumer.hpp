// What observers and projections implement to see whole frames, in causal order.
#pragma once

#include "core/clock.hpp"
#include "core/frame.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace reel::runtime {

/// Sees every committed frame of the journals it asks for, causes before effects. One thread at a time; must not block
/// unless its actor is detached.
class frame_consumer {
public:
  virtual ~frame_consumer() = default;
  /// Indices in plan::journals.
  [[nodiscard]] virtual std::vector<std::size_t> journals() const = 0;
  /// From where to read a journal: what it has taken in durably.
  [[nodiscard]] virtual core::position handled(std::size_t journal) = 0;
  /// Whether what it has taken in can belong to this journal, given the journal's last frame. Asked once, before the
  /// first frame. Errors: regressed, chain_broken.
  [[nodiscard]] virtual core::expected<void> check_tail(std::size_t, const core::position&) const {
    return {};
  }
  virtual void on_frame(const std::shared_ptr<const core::frame>& frame) = 0;
  /// Called after the frames that came together: the moment to write.
  virtual void flush() = 0;
};

} // namespace reel::runtime
