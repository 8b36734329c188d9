// Decides whether a service outside may be called, from how the calls before went. Pure: the time is given.
#pragma once

#include <reel/effect_policy.hpp>
#include <reel/ids.hpp>

#include <cstdint>

namespace reel::core {

enum class breaker_state : std::uint8_t { closed, open, half_open };

///   closed --(failures in a row)--> open --(open_for)--> half-open --(a probe succeeds)--> closed
///                                     ^-----------------(a probe fails)--------'
class circuit_breaker {
public:
  explicit circuit_breaker(const breaker_policy& policy) : policy_(policy) {}

  /// Whether a call may begin now; then it must be begun, and its end told.
  [[nodiscard]] bool admit(timestamp now) {
    if (state_ == breaker_state::open && now >= until_) {
      state_ = breaker_state::half_open;
      probing_ = 0;
    }
    if (state_ == breaker_state::half_open && probing_ < policy_.probes) {
      ++probing_;
      return true;
    }
    return state_ == breaker_state::closed;
  }
  void succeed() {
    failures_ = 0;
    state_ = breaker_state::closed;
  }
  void fail(timestamp now) {
    ++failures_;
    if (policy_.failures != 0 && state_ != breaker_state::open &&
        (state_ == breaker_state::half_open || failures_ >= policy_.failures)) {
      state_ = breaker_state::open;
      until_ = now + policy_.open_for;
      ++opened_;
    }
  }

  [[nodiscard]] breaker_state state() const noexcept {
    return state_;
  }
  /// When it may be tried again; only while open.
  [[nodiscard]] timestamp until() const noexcept {
    return until_;
  }
  /// How often it has opened.
  [[nodiscard]] std::uint64_t opened() const noexcept {
    return opened_;
  }

private:
  breaker_policy policy_;
  breaker_state state_ = breaker_state::closed;
  std::uint32_t failures_ = 0; // in a row
  std::uint32_t probing_ = 0;
  timestamp until_{};
  std::uint64_t opened_ = 0;
};

} // namespace reel::core
