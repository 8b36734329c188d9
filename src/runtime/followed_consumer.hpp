// A frame consumer that can be asked from outside how far it has come.
#pragma once

#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace reel::runtime {

/// Passes everything on to another consumer. seen() may be called from any thread; the rest is the actor's.
class followed_consumer final : public frame_consumer {
public:
  followed_consumer(std::unique_ptr<frame_consumer> inner, std::shared_ptr<const plan> plan)
      : inner_(std::move(inner)), plan_(std::move(plan)), journals_(inner_->journals()), at_(journals_.size()),
        seen_(journals_.size()) {}

  [[nodiscard]] std::vector<std::size_t> journals() const override {
    return journals_;
  }
  [[nodiscard]] core::position handled(std::size_t journal) override {
    const auto position = inner_->handled(journal);
    for (std::size_t i = 0; i < journals_.size(); ++i) {
      if (journals_[i] == journal) {
        at_[i] = static_cast<std::uint64_t>(position.sequence);
        seen_[i] = at_[i];
      }
    }
    return position;
  }
  [[nodiscard]] core::expected<void> check_tail(std::size_t journal, const core::position& tail) const override {
    return inner_->check_tail(journal, tail);
  }
  void on_frame(const std::shared_ptr<const core::frame>& frame) override {
    inner_->on_frame(frame);
    for (std::size_t i = 0; i < journals_.size(); ++i) {
      if (plan_->journals[journals_[i]].id == frame->journal()) {
        at_[i] = static_cast<std::uint64_t>(frame->sequence());
      }
    }
  }
  void flush() override {
    inner_->flush();
    std::copy(at_.begin(), at_.end(), seen_.begin());
  }

  /// True when it has taken in all frames up to the given heads (by index in plan::journals).
  template <class Head>
  [[nodiscard]] bool caught_up(Head head) const {
    for (std::size_t i = 0; i < journals_.size(); ++i) {
      if (seen_[i].load() < head(journals_[i])) {
        return false;
      }
    }
    return true;
  }

private:
  std::unique_ptr<frame_consumer> inner_;
  std::shared_ptr<const plan> plan_;
  std::vector<std::size_t> journals_;
  std::vector<std::uint64_t> at_;               // handled
  std::deque<std::atomic<std::uint64_t>> seen_; // handled and flushed
};

} // namespace reel::runtime
