// The log on a connected broker: ties journals, publisher, followers and readers together.
#pragma once

#include "transport/nats/follower.hpp"
#include "transport/nats/nats_log.hpp"
#include "transport/nats/publisher.hpp"
#include "transport/nats/stored_frames.hpp"
#include "transport/nats/tail_check.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace reel::transport {

class broker_log final : public nats_log {
public:
  [[nodiscard]] static core::expected<std::unique_ptr<broker_log>> create(nats_options options);
  ~broker_log() override;

  [[nodiscard]] log_features features() const override;
  [[nodiscard]] core::expected<journal_tail> open(const core::genesis_record& genesis) override;
  [[nodiscard]] core::expected<journal_tail> open_bounded(const core::genesis_record& genesis,
                                                          const bounded_journal& how) override;
  [[nodiscard]] core::expected<std::vector<journal_description>> journals() override;
  void append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame, append_handler done) override;
  void read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) override;
  [[nodiscard]] core::expected<journal_tail> last(journal_id journal) override;
  [[nodiscard]] std::shared_ptr<void> watch(journal_id journal, commit_handler on_commit) override;
  [[nodiscard]] const nats_counters& counters() const override {
    return counters_;
  }
  [[nodiscard]] bool connected() const override {
    return connection_->connected();
  }

private:
  /// An open journal and what belongs to it. Never removed. `stored` and `checked` are its reading thread's.
  struct opened {
    opened(broker_log& log, std::unique_ptr<journal> opened_journal);
    std::unique_ptr<journal> source;
    stored_frames stored;
    tail_check checked;
    follower follow;
    std::atomic<bool> watched = false; ///< so it is followed
    std::atomic<bool> restarting = false;
    std::atomic<bool> checking = false;
    std::atomic<std::chrono::steady_clock::time_point> not_before{}; ///< of the next attempt to look after it
    std::chrono::milliseconds retry_wait{10};                        ///< the reading thread's
  };

  explicit broker_log(nats_options options);
  [[nodiscard]] core::expected<void> connect();

  // Opening: blocks, on the caller's thread.
  [[nodiscard]] core::expected<journal_tail> open_patiently(const core::genesis_record& genesis,
                                                            std::uint64_t frames_max);
  [[nodiscard]] core::expected<journal_tail> open_new(const core::genesis_record& genesis, std::uint64_t frames_max);
  [[nodiscard]] core::expected<journal_tail> open_again(opened& o, const core::genesis_record& genesis);
  opened& add(const core::genesis_record& genesis, const stream_names& names, std::uint32_t replicas,
              const journal_tail& tail, bool bounded);

  [[nodiscard]] opened* find(journal_id id) const;
  [[nodiscard]] opened* at(std::uint32_t index) const;
  [[nodiscard]] std::vector<opened*> all() const;
  [[nodiscard]] worker& reading_thread(const opened& o);

  // On the journal's reading thread.
  [[nodiscard]] core::expected<frames> read_now(opened& from, frame_sequence first, std::size_t bytes_max);
  [[nodiscard]] core::expected<frames> read_newest(opened& from);
  void read_until_answered(opened& from, frame_sequence first, std::size_t bytes_max, const read_handler& done);

  // Looking after the journals.
  void on_connection(bool connected);
  void look_after();
  void check_later(opened& o);
  void restart_later(opened& o);
  void note_attempt(opened& o, const char* what, const core::expected<void>& result);

  nats_options options_;
  nats_counters counters_;
  journal_table table_;
  std::unique_ptr<connection> connection_;
  mutable std::shared_mutex mutex_; ///< of the two below
  std::vector<std::unique_ptr<opened>> opened_;
  std::unordered_map<journal_id, opened*> by_id_;
  std::mutex opening_; ///< one journal at a time
  std::unique_ptr<publisher> publisher_;
  std::array<worker, 4> readers_{worker("nats-read-0"), worker("nats-read-1"), worker("nats-read-2"),
                                 worker("nats-read-3")};
  std::mutex looking_mutex_;
  std::condition_variable looking_;
  bool closing_ = false;
  std::thread looks_after_;
};

} // namespace reel::transport
