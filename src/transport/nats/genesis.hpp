// The first frame of a stream: written once by whoever is first, read by all others.
#pragma once

#include "transport/log.hpp"
#include "transport/nats/connection.hpp"
#include "transport/nats/stream.hpp"

namespace reel::transport {

/// A journal as its stream has it.
struct stored_journal {
  core::genesis_record genesis;
  journal_tail tail;
};

/// Reads the first and the last frame. Blocks. Errors: corrupt, chain_broken, unavailable.
[[nodiscard]] core::expected<stored_journal> load_journal(jsCtx* context, const std::string& stream,
                                                          std::uint64_t last_sequence);

/// The same of a bounded journal, by its last frame alone. Blocks. Errors: corrupt, chain_broken, unavailable.
[[nodiscard]] core::expected<stored_journal> load_bounded_journal(jsCtx* context, const std::string& stream,
                                                                  std::uint64_t last_sequence);

/// Writes the genesis if the stream is still empty. Blocks. Success with false: somebody else was faster. Errors:
/// unavailable.
[[nodiscard]] core::expected<bool> write_genesis(connection& connection, const stream_names& names,
                                                 const core::sealed_frame& genesis, std::chrono::milliseconds timeout);

/// A random number that is not zero.
[[nodiscard]] std::uint64_t random_incarnation();

} // namespace reel::transport
