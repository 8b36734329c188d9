// A journal's writer that follows the protocol: whatever an append's answer is, it reads back until it knows.
#pragma once

#include "nats_log_under_test.hpp"

namespace reel::conformance {

/// Appends one frame after the other and counts what the broker acknowledged at once and what had to be settled.
class sure_writer {
public:
  sure_writer(log_under_test& t, frame_source source) : t_(&t), source_(std::move(source)) {}

  /// Returns when the frame is known to be in the journal. Fails the test when the journal is not the writer's own.
  void append(std::size_t payload_bytes = 64) {
    const auto frame = source_.next(payload_bytes);
    const auto sequence = frame.decoded->sequence();
    for (int attempt = 0; attempt < 200; ++attempt) {
      last_ = append_and_wait(*t_, frame);
      if (last_.outcome == transport::append_outcome::committed) {
        return;
      }
      ++settled_;
      const auto found = read(*t_, source_.journal(), sequence);
      REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error().what));
      if (!found->empty()) {
        REQUIRE(found->front()->hash() == frame.decoded->hash());
        return;
      }
    }
    FAIL("the broker does not take the frame: " << last_.detail);
  }

  [[nodiscard]] const frame_source& source() const {
    return source_;
  }
  /// Appends whose first answer was not "committed".
  [[nodiscard]] std::size_t settled() const {
    return settled_;
  }

private:
  log_under_test* t_;
  frame_source source_;
  transport::append_result last_;
  std::size_t settled_ = 0;
};

} // namespace reel::conformance
