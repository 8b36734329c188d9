// Finds what the command line names in a choreography: event types and services.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <string_view>

namespace reel::cli {

/// By qualified or short name, case ignored for the short one. Errors: invalid, with the nearest name; also when
/// several types have the short name.
[[nodiscard]] core::expected<const event_info*> find_event(const choreography_info& choreography,
                                                           std::string_view name);

/// The name of a service or source, as the choreography spells it. Errors: invalid, with the nearest name.
[[nodiscard]] core::expected<std::string_view> find_home(const choreography_info& choreography, std::string_view name);

} // namespace reel::cli
