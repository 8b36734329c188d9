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
/// at the same place share one read and one demultiplexing; one that lags, because it gave no credit, reads again by
/// itself later and holds up nobody. Never blocks: what is not in the log's memory arrives as a message.
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
    std::vector<std::shared_ptr<const core::routed_frame>> outgoing;
  };

  void on_attach(const attach_request& a);
  void on_credit(const credit& c);
  void pump();
  [[nodiscard]] const lane* most_behind() const;
  void read(frame_sequence from);
  void on_read(const core::expected<transport::frames>& frames);
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
  bool reading_ = false;
  bool stopped_ = false;
  std::uint64_t ticket_ = 0;
  std::shared_ptr<void> watch_;
};

} // namespace reel::runtime
