// One input on its way through a cluster: what of it is stored, what has ended, and what was there before.
#pragma once

#include "cli/histogram.hpp"
#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"
#include "transport/log.hpp"

#include <reel/feed.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace reel::cli {

struct submission_options {
  std::string identity;  ///< of the input
  std::string source;    ///< where it goes
  timestamp live_from{}; ///< flows that began before belong to earlier runs
};

/// Reads the source and the journals that hold the ends of flows. on_frame() runs in one actor; everything else may be
/// called from any thread.
class submission final : public runtime::frame_consumer {
public:
  submission(std::shared_ptr<const runtime::plan> plan, submission_options options);

  /// Looks at what the source holds already, and decides from where to read. Blocks; call it before the node starts.
  /// An input that is new needs nothing of what is older than itself. Errors: those of the log.
  [[nodiscard]] core::expected<void> prepare(transport::log& log);

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override {}

  struct counts {
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> begun_before{0}; ///< of those, by earlier runs
    std::atomic<std::uint64_t> ended{0};
    std::atomic<std::uint64_t> ended_before{0};
    std::atomic<std::uint64_t> cancelled{0};     ///< of those that ended
    std::atomic<std::uint64_t> already_there{0}; ///< left out, because another input had brought them
    std::atomic<bool> stored{false};             ///< the input is in the source to its end
    std::atomic<std::int64_t> first_live{0};     ///< when this run's first flow began, ns since 1970; 0: none
    std::atomic<std::int64_t> last_end{0};
  };
  [[nodiscard]] const counts& now() const noexcept {
    return counts_;
  }
  /// Stored, and every flow has ended.
  [[nodiscard]] bool over() const noexcept {
    return counts_.stored && counts_.ended == counts_.begun;
  }
  /// From beginning to end, by the clocks of the nodes that wrote them, in ns. Of flows that ended after live_from.
  [[nodiscard]] histogram latency() const;
  /// Position in the source up to which it was read.
  [[nodiscard]] std::uint64_t source_seen() const noexcept {
    return source_seen_;
  }
  /// The plan's index of the source's journal.
  [[nodiscard]] std::size_t source_journal() const noexcept {
    return source_journal_;
  }
  /// Notes a flow that is about to be submitted. False: another input has brought it, so it must be left out.
  [[nodiscard]] bool admits(correlation_id flow);

private:
  void take_source(const core::frame& frame);
  void take_ends(const core::frame& frame);

  std::shared_ptr<const runtime::plan> plan_;
  submission_options options_;
  std::size_t source_journal_ = 0;
  std::vector<std::size_t> end_journals_;
  std::vector<core::position> from_;                   // by journal of the plan
  std::unordered_map<correlation_id, timestamp> open_; // of this input
  counts counts_;
  std::atomic<std::uint64_t> source_seen_{0};
  mutable std::mutex mutex_;
  std::unordered_set<correlation_id> others_; // flows of other inputs; guarded
  histogram latency_;                         // guarded
};

/// The feed of a submission: leaves out the flows that another input has brought. Gives nothing before `ready` says
/// that everything that the source holds has been seen. The journal is shared with other inputs.
[[nodiscard]] std::shared_ptr<feed> submitted_feed(std::shared_ptr<feed> input, std::shared_ptr<submission> to,
                                                   std::shared_ptr<const runtime::plan> plan,
                                                   std::function<bool()> ready);

} // namespace reel::cli
