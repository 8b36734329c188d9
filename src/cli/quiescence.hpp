// Whether a run is over: whether going on from what the journals hold would change anything.
#pragma once

#include "cli/journal_audit.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

namespace reel::cli {

/// True when no service would publish anything more, and each source has read its input to the end. Positions alone do
/// not tell: inputs that cause nothing need not be recorded. So, where frames are left over, the partition's state is
/// folded and they are handled in memory; nothing is written. Errors: those of reading and recovering.
[[nodiscard]] core::expected<bool> is_quiescent(transport::log& log, const choreography_info& choreography,
                                                const core::event_registry& registry, const journal_audit& audit);

} // namespace reel::cli
