// The saga ledger of a data directory as of now: what the node has saved, and the journals from there on.
#pragma once

#include "cli/journal_scan.hpp"
#include "core/saga_status.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace reel::cli {

/// Reads only: beside a running node as well as without one. Blocks. Not thread-safe.
class saga_fold {
public:
  /// Both must outlive this.
  saga_fold(transport::log& log, const choreography_info& choreography);

  /// Goes on from the file when it fits the journals, otherwise from their beginning; an empty path folds from the
  /// beginning too. Errors: those of journal_scan.
  [[nodiscard]] core::expected<void> open(const std::filesystem::path& saved);
  /// Takes in what has been committed since, and shows each frame to `seen`. Errors: those of journal_scan.
  [[nodiscard]] core::expected<void> advance(const std::function<void(const core::frame&)>& seen = {});

  [[nodiscard]] const core::saga_ledger& ledger() const noexcept {
    return *ledger_;
  }
  /// Frames that advance() has read.
  [[nodiscard]] std::uint64_t frames() const noexcept {
    return frames_;
  }
  /// Valid until the next advance(); reads the frames of unhandled events from the log.
  [[nodiscard]] core::saga_reader reader() const;

private:
  [[nodiscard]] core::expected<void> start(const std::filesystem::path& saved);

  transport::log* log_;
  const choreography_info* choreography_;
  core::event_registry registry_;
  std::unique_ptr<journal_scan> scan_;
  std::unique_ptr<core::saga_map> map_;
  std::unique_ptr<core::saga_ledger> ledger_;
  std::uint64_t frames_ = 0;
};

/// The journals of a log as the ledger wants them.
[[nodiscard]] std::vector<core::ledger_journal>
ledger_journals(const std::vector<transport::journal_description>& journals);

} // namespace reel::cli
