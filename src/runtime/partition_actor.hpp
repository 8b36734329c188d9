// The actor around one partition: recovers it, takes ownership, feeds it frames, appends what it seals.
#pragma once

#include "core/causal_gate.hpp"
#include "core/partition.hpp"
#include "runtime/appender.hpp"
#include "runtime/caf.hpp"
#include "runtime/environment.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace reel::runtime {

/// How a partition begins.
struct partition_start {
  bool stands_by = false;  ///< folds its journal as it grows, until it is told to take over
  std::uint64_t epoch = 0; ///< of ownership, as the cluster counts; 0 for a node that is alone
  caf::actor supervisor;   ///< hears when it stands by with all that there is; may be empty
};

/// Makes the input of a source, each time that one begins.
using feed_maker = std::function<std::shared_ptr<feed>()>;

/// States: recovering (-> standing by) -> owning -> running -> draining -> ended; fenced or regressed ends it from any
/// of them, and its supervisor starts another one. A source is a partition without reactions that pulls from a feed.
///
/// Self-clocking: what arrives while appends are in flight becomes the next frame; when none are, a frame of one event
/// goes out at once. Nothing outside sees a frame before it is committed, because readers get only committed frames
/// from the log.
class partition_actor : public caf::event_based_actor {
public:
  partition_actor(caf::actor_config& config, std::shared_ptr<const environment> env, std::size_t journal,
                  std::vector<caf::actor> readers, feed_maker input, partition_start how);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "partition";
  }

private:
  enum class phase { recovering, owning, running, draining };
  enum reason : std::uint32_t { pump_now, resend_now, poll_feed, run_due };

  // -- recovery --
  void begin_recovery();
  void check_snapshot();
  void read_journal(frame_sequence from, std::size_t bytes_max);
  void on_recovery_read(const transport::frames& frames);
  void stand_by();
  void on_moved();
  void on_take_over(std::uint64_t epoch);
  void own();
  void start_running();

  // -- running --
  void on_batch(routed_batch& batch);
  void on_answer(const append_answer& answer);
  void on_read(journal_read& result);
  void on_wake(std::uint32_t reason);
  void conclude(appender::verdict verdict);
  void schedule_pump();
  void pump();
  bool handle_next();
  void pull_feed();
  void seal();
  void return_credit();
  void arm();
  void maybe_snapshot();
  void maybe_end();
  void publish_status();
  void halt(const std::string& why);

  [[nodiscard]] partition_status& status() const;

  std::shared_ptr<const environment> env_;
  std::size_t journal_index_;
  const planned_journal* journal_;
  const planned_service* service_;
  std::vector<caf::actor> readers_; // by index in plan::journals
  feed_maker make_feed_;
  std::shared_ptr<feed> feed_;
  partition_start start_;
  bool reading_ = false;   // while recovering or standing by
  bool has_moved_ = false; // meanwhile
  std::shared_ptr<void> watch_;

  phase phase_ = phase::recovering;
  std::unique_ptr<core::partition> partition_;
  std::unique_ptr<appender> appender_;
  core::causal_gate gate_;
  struct lane {
    std::size_t journal = 0;
    std::uint64_t attachment = 0;
    std::int64_t owed = 0; // credit to give back
  };
  std::vector<lane> lanes_;

  std::optional<transport::snapshot> candidate_; // a snapshot whose place in the journal is being checked
  std::vector<transport::snapshot> snapshots_;
  std::uint64_t read_ticket_ = 0;
  bool pump_scheduled_ = false;
  bool resend_scheduled_ = false;
  bool feed_scheduled_ = false;
  bool feed_complete_ = false;
  bool snapshot_due_ = false;
  bool draining_ = false;
  outbox feed_events_;
  std::chrono::nanoseconds retry_delay_{};
  std::chrono::nanoseconds feed_delay_{};
  std::optional<timestamp> armed_; // when the wake-up for what is due comes
  std::uint64_t frames_since_snapshot_ = 0;
};

} // namespace reel::runtime
