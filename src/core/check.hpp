// The check of a whole choreography: plain faults, the proof of its compensations and ends, and what is accepted.
#pragma once

#include "core/finding.hpp"

#include <reel/descriptor.hpp>

#include <vector>

namespace reel::core {

/// All findings: those of find_plain_faults() and prove(), and of the acceptances themselves:
///
///   acceptance-unused          (warning) an acceptance matches no finding
///   acceptance-without-reason  an acceptance gives no reason, and so accepts nothing
///
/// An accepted finding stays in the list, with its reason. A choreography with a duplicate name or an unknown event is
/// not proved, because its tables mean nothing. Pure and deterministic.
[[nodiscard]] std::vector<finding> check(const choreography_info& choreography);

} // namespace reel::core
