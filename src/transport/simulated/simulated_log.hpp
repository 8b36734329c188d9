// A log in memory whose every delay, refusal and crash is drawn from a seed.
#pragma once

#include "transport/log.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace reel::transport {

/// Chances of faults, in permille of the operations that they concern.
struct simulated_options {
  std::uint32_t refused = 0;          ///< an append is not stored, and says so
  std::uint32_t ambiguous_lost = 0;   ///< an append is not stored, and the outcome is unknown
  std::uint32_t ambiguous_stored = 0; ///< an append is stored, and the outcome is unknown
  std::uint32_t slow_reads = 200;     ///< a read is answered later, like one from disk
  std::uint32_t lost_snapshots = 100; ///< a snapshot never reaches the disk
  /// Gets a line for each append and what became of it; may be null.
  std::function<void(std::string_view line)> trace;
};

/// What became of appends.
struct simulated_counters {
  std::uint64_t committed = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t refused = 0;
  std::uint64_t lost = 0;
  std::uint64_t unanswered = 0; ///< stored, but nobody was told

  simulated_counters& operator+=(const simulated_counters& other) noexcept;
};

class simulated_log;

/// What a crash leaves: the disk, or the broker that several nodes share. Not thread-safe.
class simulated_storage {
public:
  struct journal {
    core::genesis_record genesis;
    std::vector<std::shared_ptr<const core::frame>> frames; ///< in order, decoded from their stored bytes
    std::uint64_t frames_max = 0;                           ///< of a bounded journal; 0: all are kept
    std::vector<snapshot> snapshots;                        ///< newest first

    [[nodiscard]] journal_tail tail() const;
  };
  std::map<journal_id, journal> journals;
  std::vector<simulated_log*> logs; ///< that are open on it: each hears of what the others store
};

/// Single-threaded: appends, notices and slow reads wait until step() completes one. Deterministic for a seed and a
/// sequence of calls.
class simulated_log final : public log {
public:
  /// `storage` must outlive the log.
  simulated_log(simulated_storage& storage, const simulated_options& options, std::uint64_t seed);
  ~simulated_log() override;

  [[nodiscard]] log_features features() const override;
  [[nodiscard]] core::expected<journal_tail> open(const core::genesis_record& genesis) override;
  [[nodiscard]] core::expected<journal_tail> open_bounded(const core::genesis_record& genesis,
                                                          const bounded_journal& how) override;
  [[nodiscard]] core::expected<std::vector<journal_description>> journals() override;
  void append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame, append_handler done) override;
  void read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) override;
  [[nodiscard]] core::expected<journal_tail> last(journal_id journal) override;
  [[nodiscard]] std::shared_ptr<void> watch(journal_id journal, commit_handler on_commit) override;

  /// Operations that wait.
  [[nodiscard]] std::size_t pending() const;
  /// Completes one of them. Precondition: pending() > 0.
  void step();
  /// The process dies: of each journal's waiting appends a prefix, drawn by the seed, is stored; everything else
  /// vanishes, and all later calls do nothing.
  void crash();
  [[nodiscard]] const simulated_counters& counters() const noexcept {
    return counters_;
  }

private:
  struct append_operation {
    frame_sequence expected_last{};
    core::sealed_frame frame;
    append_handler done;
  };
  struct read_operation {
    journal_id journal{};
    frame_sequence from{};
    std::size_t bytes_max = 0;
    read_handler done;
  };
  struct watcher {
    journal_id journal{};
    commit_handler on_commit;
  };

  [[nodiscard]] bool chance(std::uint32_t permille);
  [[nodiscard]] append_result store(journal_id journal, const append_operation& operation);
  void note(journal_id journal, const append_operation& operation, std::string_view what) const;
  void step_append(journal_id journal);
  void step_read();
  void step_notice();
  [[nodiscard]] frames collect(journal_id journal, frame_sequence from, std::size_t bytes_max) const;

  simulated_storage* storage_;
  simulated_options options_;
  std::mt19937_64 random_;
  std::map<journal_id, std::deque<append_operation>> appends_;
  std::deque<read_operation> reads_;
  std::map<journal_id, frame_sequence> notices_;
  std::vector<std::weak_ptr<watcher>> watchers_;
  simulated_counters counters_;
  bool dead_ = false;
};

/// Snapshots on the simulated disk. Some are lost.
class simulated_snapshots final : public snapshot_store {
public:
  explicit simulated_snapshots(simulated_storage& storage, std::uint32_t lost_permille = 0, std::uint64_t seed = 0);
  void put(snapshot s) override;
  [[nodiscard]] core::expected<std::vector<snapshot>> load(journal_id journal) override;
  void crash() {
    dead_ = true;
  }

private:
  simulated_storage* storage_;
  std::uint32_t lost_permille_;
  std::mt19937_64 random_;
  bool dead_ = false;
};

} // namespace reel::transport
