// `events`: prints what the journals hold, causes before effects.
#pragma once

#include "core/error.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace reel::cli {

struct events_options {
  std::string flow;    ///< only events of this flow (an order's key); empty: all
  std::string service; ///< only of this service, source or journal ("inventory", "inventory/0")
  std::string type;    ///< only of this type, qualified or short
  bool json = false;   ///< an object per line instead of text
  bool follow = false; ///< goes on with what is committed later, until `stopped`
};

/// Takes a line without its line break; false when nobody reads any more.
using line_sink = std::function<bool(std::string_view line)>;

/// Errors: invalid (a service or type that does not exist, with those that do), and those of journal_scan. `wait` is
/// called when there is nothing new; it returns false to stop.
[[nodiscard]] core::expected<void> print_events(transport::log& log, const choreography_info& choreography,
                                                const events_options& options, const line_sink& print,
                                                const std::function<bool()>& wait = {});

} // namespace reel::cli
