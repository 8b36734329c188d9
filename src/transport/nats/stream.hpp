// The stream of a journal: its name and settings, made or verified at start.
#pragma once

#include "transport/nats/client.hpp"
#include "transport/nats/options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::transport {

struct stream_names {
  std::string stream;  ///< "REEL_ORDERS_0"
  std::string subject; ///< "reel.orders.0"
};

/// A dot in a service's name, as leases have, becomes a dash in the stream's.
[[nodiscard]] stream_names names_of(std::string_view prefix, std::string_view service, std::uint32_t partition);

/// What the leader of a stream says of it.
struct stream_state {
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint32_t replicas = 1;
};

/// Creates the stream, or verifies that it is as these options want it. `frames_max`: of a bounded journal, 0 for those
/// that keep everything. Blocks. Errors: mismatch (names setting, found and expected), unavailable.
[[nodiscard]] core::expected<stream_state> ensure_stream(jsCtx* context, const nats_options& options,
                                                         const stream_names& names, std::uint64_t frames_max = 0);

/// Blocks. Errors: not_found, unavailable.
[[nodiscard]] core::expected<stream_state> ask_stream(jsCtx* context, const std::string& stream);

struct found_stream {
  std::string stream;
  stream_state state;
};
/// All streams whose subjects start with the prefix and that keep everything. Blocks.
[[nodiscard]] core::expected<std::vector<found_stream>> list_streams(jsCtx* context, std::string_view prefix);

/// The message at a sequence, as the stream's leader has it. Blocks. Errors: not_found, unavailable.
[[nodiscard]] core::expected<message_ptr> get_message(jsCtx* context, const std::string& stream,
                                                      std::uint64_t sequence);

} // namespace reel::transport
