// What the log on NATS counts, for metrics and for tests.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace reel::transport {

/// Thread-safe. Each counter only grows.
struct nats_counters {
  std::atomic<std::uint64_t> committed = 0;
  std::atomic<std::uint64_t> duplicates = 0;
  std::atomic<std::uint64_t> conflicts = 0;
  std::atomic<std::uint64_t> unavailable = 0;
  std::atomic<std::uint64_t> unknown = 0;
  std::atomic<std::uint64_t> timeouts = 0;
  std::atomic<std::uint64_t> disconnects = 0;
  std::atomic<std::uint64_t> reconnects = 0;
  std::atomic<std::uint64_t> broker_errors = 0;
  std::atomic<std::uint64_t> slow_consumers = 0;
  std::atomic<std::uint64_t> consumers_created = 0;
  std::atomic<std::uint64_t> stored_reads = 0;
  std::atomic<std::uint64_t> verifications = 0;
  std::atomic<std::uint64_t> halted = 0;

  struct named {
    std::string_view name; ///< ends in the unit or "total"
    std::string_view help;
    std::uint64_t value;
  };
  [[nodiscard]] std::array<named, 14> values() const {
    return {{
        {"appends_committed_total", "Appends that the broker stored", committed},
        {"appends_duplicate_total", "Appends that the broker had stored before", duplicates},
        {"appends_conflict_total", "Appends refused because the journal does not end where expected", conflicts},
        {"appends_unavailable_total", "Appends refused because the broker cannot store now", unavailable},
        {"appends_unknown_total", "Appends whose outcome is unknown", unknown},
        {"append_timeouts_total", "Appends without an answer in time", timeouts},
        {"disconnects_total", "Lost connections to a broker", disconnects},
        {"reconnects_total", "Connections made again", reconnects},
        {"broker_errors_total", "Errors that the broker reported on its own", broker_errors},
        {"slow_consumers_total", "Times the broker or the client dropped messages to this process", slow_consumers},
        {"consumers_created_total", "Consumers made on the broker", consumers_created},
        {"stored_reads_total", "Reads answered from the broker's storage", stored_reads},
        {"tail_verifications_total", "Times a journal's end was compared with the broker's", verifications},
        {"journals_halted_total", "Journals that are no longer trusted", halted},
    }};
  }
};

} // namespace reel::transport
