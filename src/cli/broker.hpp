// Journals on brokers: how a command names them, and how it opens them.
#pragma once

#include "core/error.hpp"
#include "transport/log.hpp"
#include "transport/nats/options.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace reel::cli {

/// Whether a place of journals is on brokers ("nats://host:4222", several separated by commas) and not a directory.
[[nodiscard]] constexpr bool names_broker(std::string_view place) noexcept {
  return place.starts_with("nats://") || place.starts_with("tls://");
}

/// A place of journals on brokers: "nats://host:4222/PREFIX", the prefix of the streams being "reel" when not given.
struct broker_place {
  std::string urls;
  std::string prefix;
};
/// Errors: invalid.
[[nodiscard]] core::expected<broker_place> parse_broker(std::string_view place);

/// Blocks. Errors: those of transport::nats_log::open(); invalid when the program was built without a client for
/// brokers.
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_broker(transport::nats_options options);

} // namespace reel::cli
