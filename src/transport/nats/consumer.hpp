// Consumers of a stream that keep no state on the broker which anybody would miss.
#pragma once

#include "transport/nats/client.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace reel::transport {

/// Creates a pull consumer without acknowledgements; the broker forgets it when it is not used for a while. Blocks.
/// Returns the subject that takes requests for messages. Errors: not_found, unavailable.
[[nodiscard]] core::expected<std::string> create_consumer(jsCtx* context, const std::string& stream,
                                                          std::uint64_t from);

struct pull_request {
  std::size_t count = 1;
  std::chrono::milliseconds expires{0};   ///< 0: answer with what is there and no more
  std::chrono::milliseconds heartbeat{0}; ///< 0: none
};
/// Asks for messages; they and the closing status go to `inbox`.
[[nodiscard]] natsStatus request_messages(natsConnection* connection, const std::string& request_subject,
                                          const std::string& inbox, const pull_request& request);

/// Where a message that a consumer delivered stands.
struct delivery {
  std::uint64_t sequence = 0; ///< in its stream; 0 when no consumer delivered it
  std::uint64_t pending = 0;  ///< messages after it that the consumer could deliver now
};
[[nodiscard]] delivery delivery_of(const natsMsg* message);

} // namespace reel::transport
