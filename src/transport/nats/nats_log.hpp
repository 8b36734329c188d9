// A log on NATS JetStream: one stream per journal, one message per frame, shared by all nodes of a cluster.
#pragma once

#include "transport/log.hpp"
#include "transport/nats/counters.hpp"
#include "transport/nats/options.hpp"

#include <memory>
#include <string>

namespace reel::transport {

/// Several processes may open it at once; each append names the last sequence of the whole stream, so the broker
/// itself refuses a writer that is not the newest.
///
/// Frames that were appended here, and those of watched journals, are in memory; other reads ask the broker, on threads
/// of the log. While no broker can be reached, appends are refused and reads wait. A journal whose history is not the
/// one that was seen before (a lost tail, a restored backup, a foreign publisher) is halted: its appends are refused
/// and its reads are errors (chain_broken, regressed or corrupt) until the process starts again.
class nats_log : public log {
public:
  /// Connects and checks the broker. Blocks, up to `start_wait` when no broker is there. Errors: unavailable (no
  /// broker, or JetStream has no leader), invalid (credentials refused, URLs, certificates), mismatch (JetStream is
  /// disabled, max_payload is too small).
  [[nodiscard]] static core::expected<std::unique_ptr<nats_log>> open(nats_options options);
  using log::open;

  [[nodiscard]] virtual const nats_counters& counters() const = 0;
  [[nodiscard]] virtual bool connected() const = 0;
};

} // namespace reel::transport
