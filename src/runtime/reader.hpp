// The reader of one journal: reads each frame once per node, demultiplexes it, and feeds partitions and projections by
// credit.
#pragma once

#include "runtime/caf.hpp"
#include "runtime/plan.hpp"
#include "runtime/status.hpp"

#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace reel::runtime {

/// Lifecycle: spawned by the node before its consumers; consumers attach, and attach again after a restart. Consumers
/// at the same place share one read and one demultiplexing; one that lags has reads of its own, and while they wait
/// for the disk the others go on. Never blocks: what is not in the log's memory arrives as a message.
class reader : public caf::event_based_actor {
public:
  reader(caf::actor_config& config, std::shared_ptr<const plan> plan, std::size_t journal, transport::log& log,
         std::shared_ptr<node_status> status);

  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override {
    return "reader";
  }

private:
  struct lane {
    attach_request consumer;
    frame_sequence next{};
    std::int64_t credit = 0;
    std::uint64_t awaits = 0; // ticket of the read that will bring frame `next`, or 0
    std::vector<std::shared_ptr<const core::routed_frame>> outgoing;
  };
  struct pending_read {
    frame_sequence from{};
    frame_sequence known{}; // the newest frame that was known of when it was asked for
  };

  void on_attach(const attach_request& a);
  void on_credit(const credit& c);
  void pump();
  [[nodiscard]] lane* most_behind();
  void read(lane& first);
  void on_read(std::uint64_t ticket, const core::expected<transport::frames>& frames);
  void deliver(const transport::frames& frames);
  void deliver_partitions(std::uint32_t service, const std::shared_ptr<const core::frame>& frame);
  void hand_over(lane& l, std::shared_ptr<const core::routed_frame> frame);
  void flush();
  [[nodiscard]] bool wants(const lane& l, const core::frame& frame) const noexcept;

  std::shared_ptr<const plan> plan_;
  const planned_journal* journal_;
  transport::log* log_;
  std::shared_ptr<node_status> status_;
  std::size_t journal_index_;
  std::vector<lane> lanes_;
  std::map<std::uint32_t, core::router> routers_; // by service
  frame_sequence last_{};
  bool stopped_ = false;
  std::uint64_t ticket_ = 0;
  std::map<std::uint64_t, pending_read> reads_; // by ticket
  std::shared_ptr<void> watch_;
};

} // namespace reel::runtime
