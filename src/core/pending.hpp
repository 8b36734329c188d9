// Pending entries between their two forms: the value that a partition keeps and the table in a frame or snapshot.
#pragma once

#include "core/frame.hpp"

#include <reel/frame_generated.h>

namespace reel::core {

[[nodiscard]] flatbuffers::Offset<wire::PendingEntry> write_pending(flatbuffers::FlatBufferBuilder& builder,
                                                                    const pending_entry& entry);

/// The table must have been verified.
[[nodiscard]] pending_entry read_pending(const wire::PendingEntry& entry);

} // namespace reel::core
