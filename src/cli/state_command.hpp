// `state`: folds one entity from its journal, as of now or of any earlier moment.
#pragma once

#include "core/error.hpp"
#include "transport/log.hpp"

#include <reel/descriptor.hpp>

#include <string>

namespace reel::cli {

struct state_options {
  std::string service; ///< "inventory"
  std::string kind;    ///< the actor: "Stock"; case does not matter
  std::string key;     ///< the entity: a SKU, an order
  std::string at; ///< "17" or "inventory/0:17" (a frame, inclusive), an ISO 8601 time (inclusive), or empty for now
};

/// One JSON object on one line: where and when, and the state as the actor describes it. Errors: invalid (wrong
/// service, kind or position), not_found (the entity has no events by then, or has ended), and those of reading.
[[nodiscard]] core::expected<std::string> entity_state(transport::log& log, const choreography_info& choreography,
                                                       const state_options& options);

} // namespace reel::cli
