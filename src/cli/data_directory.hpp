// Opens the journals of a data directory or of brokers for reading, also beside a node that is running on them.
#pragma once

#include "core/error.hpp"
#include "core/frame.hpp"
#include "transport/log.hpp"

#include <memory>
#include <string>

namespace reel::cli {

/// Changes nothing and takes no lock. `directory` may name brokers instead (see broker.hpp). Errors: not_found (no
/// directory, or none with journals), corrupt, io, and those of open_broker().
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_for_reading(const std::string& directory);

/// So that nobody else writes the directory meanwhile. Creates nothing. Errors: not_found, unavailable (a node is
/// running on it), corrupt, io.
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_exclusively(const std::string& directory);
/// For commands that write a frame of their own as a journal's next owner. A node that runs on brokers is fenced by it
/// and recovers; a directory must have no node running on it. Errors: those of open_exclusively() and open_broker().
[[nodiscard]] core::expected<std::unique_ptr<transport::log>> open_for_writing(const std::string& directory);

} // namespace reel::cli
