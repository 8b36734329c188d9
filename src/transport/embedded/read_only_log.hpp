// The embedded log of a tool: reads a directory that is at rest or that another process writes.
#pragma once

#include "transport/embedded/embedded_log.hpp"
#include "transport/embedded/frame_rows.hpp"

#include <mutex>

namespace reel::transport {

/// Every call reads the database as it is at that moment, in the call. Appends are refused, and nothing is watched.
class read_only_log final : public embedded_log {
public:
  [[nodiscard]] static core::expected<std::unique_ptr<read_only_log>> create(embedded_options options);

  [[nodiscard]] log_features features() const override;
  [[nodiscard]] core::expected<journal_tail> open(const core::genesis_record& genesis) override;
  [[nodiscard]] core::expected<std::vector<journal_description>> journals() override;
  void append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame, append_handler done) override;
  void read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) override;
  [[nodiscard]] core::expected<journal_tail> last(journal_id journal) override;
  /// Null: a database does not tell other processes of commits.
  [[nodiscard]] std::shared_ptr<void> watch(journal_id journal, commit_handler on_commit) override;
  [[nodiscard]] std::uint64_t disk_bytes() const override;

private:
  read_only_log(embedded_options options, frame_rows rows) : options_(std::move(options)), rows_(std::move(rows)) {}
  [[nodiscard]] core::expected<std::int64_t> number_of(journal_id journal);

  embedded_options options_;
  std::mutex mutex_;
  frame_rows rows_; // guarded by mutex_
};

} // namespace reel::transport
