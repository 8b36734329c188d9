// The single writer of the embedded log: everything that waits goes into one transaction, and while that one commits
// the next one gathers.
#pragma once

#include "transport/embedded/checkpointer.hpp"
#include "transport/embedded/frame_rows.hpp"
#include "transport/embedded/options.hpp"
#include "transport/embedded/sqlite.hpp"
#include "transport/journal_table.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace reel::transport {

/// Group commit over all journals. No delay is added: an idle log commits single frames at once.
///
/// After the device failed (an fsync that did not succeed) nothing is written any more: what the disk holds is not
/// known, and a second fsync would only pretend that it is.
class commit_writer {
public:
  [[nodiscard]] static core::expected<std::unique_ptr<commit_writer>>
  start(sqlite::database db, sqlite::database checkpoint_db, journal_table& journals, const embedded_options& options);
  /// Commits what waits, then ends.
  ~commit_writer();
  commit_writer(const commit_writer&) = delete;
  commit_writer& operator=(const commit_writer&) = delete;

  /// Thread-safe. `done` runs on the writer's thread; appends of one journal are answered in the order of the calls.
  void append(journal_table::entry& journal, frame_sequence expected_last, core::sealed_frame frame,
              append_handler done);

private:
  struct request {
    journal_table::entry* journal;
    frame_sequence expected_last;
    core::sealed_frame frame;
    append_handler done;
    append_result result;
  };
  using group = std::span<request>;

  commit_writer(sqlite::database db, sqlite::database checkpoint_db, journal_table& journals,
                const embedded_options& options);

  void run();
  void commit(group requests);
  /// Decides what may be stored; the others get their result.
  std::size_t stage(group requests);
  [[nodiscard]] bool store(group requests);
  [[nodiscard]] bool insert(const request& r);
  void publish(group requests);
  void roll_back(group requests);
  void refuse(group requests, append_outcome outcome, const std::string& detail);
  void answer(group requests);
  void fail(const core::error& error);

  sqlite::database db_;
  sqlite::statement begin_;
  sqlite::statement commit_;
  sqlite::statement insert_frame_;
  sqlite::statement insert_journal_;
  journal_table* journals_;
  std::filesystem::path directory_;
  std::size_t group_bytes_max_;
  std::unique_ptr<checkpointer> checkpointer_;
  std::optional<std::string> failure_; ///< why nothing is written any more
  std::vector<journal_table::entry*> touched_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<request> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace reel::transport
