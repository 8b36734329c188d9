// What the broker's answer to an append means (the table of outcomes in docs/nats.md).
#pragma once

#include "transport/log.hpp"

#include <string_view>

namespace reel::transport {

struct publish_answer {
  append_result result;
  bool duplicate = false; ///< the broker had this message already
  /// The broker stored these bytes elsewhere: ids collide, or somebody else publishes. The journal is not to be
  /// trusted.
  bool misplaced = false;
};

/// `text` is the JSON of a publish acknowledgement for the frame at `sequence`. Never throws.
[[nodiscard]] publish_answer read_answer(std::string_view text, frame_sequence sequence);

/// No server took the message.
[[nodiscard]] publish_answer no_responders();

} // namespace reel::transport
