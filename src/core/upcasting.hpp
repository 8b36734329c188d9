// Events of older versions become what this program knows, in the one place where they enter it: when a frame is
// decoded.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace reel::core {

/// The oldest version from which upcasts lead to the present one, and from all versions between them.
[[nodiscard]] std::uint16_t oldest_readable(const event_info& type) noexcept;

/// FlatBuffers verification of a payload of any version. Errors: newer, when the version is above the type's; corrupt,
/// when no upcast begins with it or the payload is not valid. `place` begins the sentence: "frame 3, event 1".
[[nodiscard]] expected<void> verify_version(const event_info& type, std::uint16_t version, bytes_view payload,
                                            const std::string& place);

/// The payload in the present version. Precondition: verify_version(). Errors: corrupt, when an upcast throws or the
/// chain has a gap.
[[nodiscard]] expected<std::vector<std::byte>> upcast_payload(const event_info& type, std::uint16_t version,
                                                              bytes_view payload, const std::string& place);

} // namespace reel::core
