// The embedded log of the process that holds the directory's lock.
#pragma once

#include "transport/embedded/commit_writer.hpp"
#include "transport/embedded/directory_lock.hpp"
#include "transport/embedded/embedded_log.hpp"
#include "transport/embedded/storage_reader.hpp"
#include "transport/journal_table.hpp"

namespace reel::transport {

class writable_log final : public embedded_log {
public:
  [[nodiscard]] static core::expected<std::unique_ptr<writable_log>> create(embedded_options options);
  ~writable_log() override;

  [[nodiscard]] log_features features() const override;
  [[nodiscard]] core::expected<journal_tail> open(const core::genesis_record& genesis) override;
  [[nodiscard]] core::expected<std::vector<journal_description>> journals() override;
  void append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame, append_handler done) override;
  void read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) override;
  [[nodiscard]] core::expected<journal_tail> last(journal_id journal) override;
  [[nodiscard]] std::shared_ptr<void> watch(journal_id journal, commit_handler on_commit) override;
  [[nodiscard]] std::uint64_t disk_bytes() const override;

private:
  writable_log(embedded_options options, directory_lock lock);

  embedded_options options_;
  directory_lock lock_;
  journal_table journals_;
  std::mutex opening_;
  std::unique_ptr<commit_writer> writer_;
  std::unique_ptr<storage_reader> reader_;
};

} // namespace reel::transport
