// Pending entries between their two forms: the value that a partition keeps and the table in a frame or snapshot.
#pragma once

#include "core/frame.hpp"

#include <reel/frame_generated.h>

namespace reel::core {

[[nodiscard]] flatbuffers::Offset<wire::PendingEntry> write_pending(flatbuffers::FlatBufferBuilder& builder,
                                                                    const pending_entry& entry);

/// With its payload in the present version. The entry must come from a frame that was decoded with the registry, or
/// from a snapshot of such frames; throws std::runtime_error when its payload cannot be upcast.
[[nodiscard]] pending_entry read_pending(const wire::PendingEntry& entry, const event_registry& registry);

} // namespace reel::core
