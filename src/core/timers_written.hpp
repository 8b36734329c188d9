// Timers between their two forms: the value that a partition keeps and the table in a frame or snapshot.
#pragma once

#include "core/frame.hpp"

#include <reel/frame_generated.h>

namespace reel::core {

using keyed_timer_list = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<wire::KeyedTimer>>>;
using stopped_timer_list = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<wire::TimerStopped>>>;

/// Nothing for an empty list.
[[nodiscard]] keyed_timer_list write_keyed_timers(flatbuffers::FlatBufferBuilder& builder,
                                                  const std::vector<keyed_timer>& timers);
[[nodiscard]] stopped_timer_list write_stopped_timers(flatbuffers::FlatBufferBuilder& builder,
                                                      const std::vector<stopped_timer>& timers);
/// The table must have been verified.
[[nodiscard]] keyed_timer read_keyed_timer(const wire::KeyedTimer& timer);

} // namespace reel::core
