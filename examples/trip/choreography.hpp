// The whole program: four services that book a trip, or undo what they booked, with nobody in charge.
#pragma once

#include <reel/descriptor.hpp>

namespace trip {

[[nodiscard]] reel::choreography_info choreography();

} // namespace trip
