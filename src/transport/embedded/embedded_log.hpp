// A log in a directory of this machine: SQLite in WAL mode, one writer, group commit over all journals.
#pragma once

#include "transport/embedded/options.hpp"
#include "transport/log.hpp"

#include <memory>

namespace reel::transport {

/// One process writes a directory at a time; tools may read it meanwhile (access::read_only).
///
/// After open() the end of each journal is known in memory. Reads near the end are answered inside the call, older
/// frames come from the database through a thread of the log.
class embedded_log : public log {
public:
  /// Opens the directory, creating it when missing. Errors: unavailable (in use by another process), corrupt, mismatch
  /// (format), not_found (read_only and nothing there), io.
  [[nodiscard]] static core::expected<std::unique_ptr<embedded_log>> open(embedded_options options);
  using log::open;

  /// What the log takes on disk.
  [[nodiscard]] virtual std::uint64_t disk_bytes() const = 0;
};

} // namespace reel::transport
