// One call of an effect for tests: in this thread, in virtual time.
#pragma once

#include <reel/effect.hpp>

#include <memory>
#include <optional>

namespace reel::detail {

/// How a call ended.
struct effect_end {
  std::shared_ptr<const void> answer;
  std::optional<effect_failure> failure;
};

/// Makes one attempt and lets time pass until it has ended, or nothing is left that could end it: then it failed. Ends
/// that come from other threads are not waited for.
[[nodiscard]] effect_end rehearse(const effect_info& effect, const effect_context::call& call, const std::byte* event);

} // namespace reel::detail
