// The journals of an open log in memory: where each ends, its newest frames, and who wants to know of commits.
#pragma once

#include "transport/log.hpp"

#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace reel::transport {

/// Thread-safe. Entries are never removed, so a pointer to one stays valid as long as the table.
class journal_table {
public:
  struct watcher;

  /// One journal. `id` and `number` never change; `staged` belongs to the writer thread; the table's lock guards the
  /// rest.
  struct entry {
    journal_id id{};
    std::int64_t number = 0; ///< the journal's number in this database
    core::genesis_record genesis;
    journal_tail committed;
    journal_tail staged; ///< the tail if the transaction under way commits
    std::deque<std::shared_ptr<const core::frame>> newest;
    std::vector<std::weak_ptr<watcher>> watchers;
  };

  explicit journal_table(std::size_t cache_bytes_max) : cache_bytes_max_(cache_bytes_max) {}

  /// A journal that exists in the database.
  void add(std::int64_t number, const core::genesis_record& genesis, const journal_tail& tail);
  /// The journal, known from now on; it exists once its genesis is committed.
  entry* prepare(const core::genesis_record& genesis);
  /// Null when unknown.
  [[nodiscard]] entry* find(journal_id id);

  [[nodiscard]] journal_tail tail(const entry& e) const;
  [[nodiscard]] core::genesis_record genesis(const entry& e) const;
  [[nodiscard]] std::vector<journal_description> describe() const;

  /// A frame was committed; frames of one journal come in order. Moves the tail, keeps the frame, forgets the oldest
  /// ones.
  void committed(entry& e, const std::shared_ptr<const core::frame>& frame);

  /// The journal goes on from a frame that is further on; what is kept of it is forgotten.
  void jump(entry& e, const journal_tail& tail);

  /// The frames from `from` on, when memory has them; nothing when storage must be asked. A position after the end is
  /// answered here.
  [[nodiscard]] std::optional<frames> read(const entry& e, frame_sequence from, std::size_t bytes_max) const;

  /// Dropping the handle waits for a running callback, unless the callback itself drops it.
  [[nodiscard]] std::shared_ptr<void> watch(entry& e, commit_handler on_commit);
  /// Calls the watchers that have not heard of the newest frame, outside the lock.
  void notify(entry& e);
  /// The same, of another frame than the newest.
  void notify(entry& e, frame_sequence last);

private:
  mutable std::mutex mutex_;
  std::unordered_map<journal_id, std::unique_ptr<entry>> entries_;
  std::deque<entry*> cached_; // one element per cached frame, oldest first
  std::size_t cached_bytes_ = 0;
  std::size_t cache_bytes_max_;
  std::int64_t last_number_ = 0;
};

} // namespace reel::transport
