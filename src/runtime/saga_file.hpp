// Where the saga ledger is kept between runs: a file that is replaced as a whole.
#pragma once

#include "core/error.hpp"
#include "core/saga_ledger.hpp"

#include <filesystem>

namespace reel::runtime {

/// "<views>/sagas.ledger".
[[nodiscard]] std::filesystem::path saga_file(const std::filesystem::path& views);

/// Fills a fresh ledger. False when there is no file, or it is damaged, or of another choreography: then it stays
/// empty, and everything is folded from the journals again.
[[nodiscard]] bool load_sagas(const std::filesystem::path& file, core::saga_ledger& ledger);

/// Replaces the file; a crash leaves the old one or the new one. Errors: io.
[[nodiscard]] core::expected<void> save_sagas(const std::filesystem::path& file, const core::saga_ledger& ledger);

} // namespace reel::runtime
