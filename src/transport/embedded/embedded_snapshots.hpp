// Snapshots as files beside the embedded log: written whole or not at all, by a thread of their own.
#pragma once

#include "transport/log.hpp"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

namespace reel::transport {

/// One file per snapshot in `<directory>/snapshots`: written under another name, synced, then renamed. A damaged one is
/// skipped with a warning; the journal makes up for it.
class embedded_snapshots final : public snapshot_store {
public:
  explicit embedded_snapshots(const std::filesystem::path& directory);
  /// Stores what waits, then ends.
  ~embedded_snapshots() override;
  embedded_snapshots(const embedded_snapshots&) = delete;
  embedded_snapshots& operator=(const embedded_snapshots&) = delete;

  void put(snapshot s) override;
  [[nodiscard]] core::expected<std::vector<snapshot>> load(journal_id journal) override;
  /// What the snapshots take on disk.
  [[nodiscard]] std::uint64_t disk_bytes() const;

private:
  struct stored_file {
    std::filesystem::path path;
    frame_sequence sequence{};
  };
  void run();
  void store(const snapshot& s);
  /// Of one journal, newest first.
  [[nodiscard]] std::vector<stored_file> files_of(journal_id journal) const;

  std::filesystem::path directory_;
  std::mutex files_; ///< held while files are written, read or removed
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<snapshot> queue_; // at most one per journal: a newer one replaces it
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace reel::transport
