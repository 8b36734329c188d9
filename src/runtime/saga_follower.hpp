// Keeps the saga ledger while a node runs.
#pragma once

#include "core/saga_ledger.hpp"
#include "runtime/frame_consumer.hpp"
#include "runtime/plan.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace reel::runtime {

struct saga_follower_limits {
  /// Events between two savings, at least; and never fewer than sixteen times the open sagas, so that saving stays
  /// cheap however many there are. What a crash loses is folded again from the journals.
  std::uint64_t save_events = 500'000;
};

/// A frame consumer that writes a file now and then, so its actor should be detached. What it has not saved is folded
/// again at the next start, and by whoever reads the file. Saves once more when it is destroyed. Throws on errors of
/// the file and when a journal is not the one that was read.
class saga_follower final : public frame_consumer {
public:
  /// Creates the folder `views`.
  saga_follower(std::shared_ptr<const plan> plan, const std::filesystem::path& views,
                const saga_follower_limits& limits = {});
  ~saga_follower() override;
  saga_follower(const saga_follower&) = delete;
  saga_follower& operator=(const saga_follower&) = delete;

  [[nodiscard]] std::vector<std::size_t> journals() const override;
  [[nodiscard]] core::position handled(std::size_t journal) override;
  [[nodiscard]] core::expected<void> check_tail(std::size_t journal, const core::position& tail) const override;
  void on_frame(const std::shared_ptr<const core::frame>& frame) override;
  void flush() override;

  [[nodiscard]] const core::saga_ledger& ledger() const noexcept {
    return ledger_;
  }

private:
  void save();
  void log_drift();

  std::shared_ptr<const plan> plan_;
  core::saga_map map_;
  core::saga_ledger ledger_;
  std::filesystem::path file_;
  saga_follower_limits limits_;
  std::uint64_t unsaved_events_ = 0;
  std::size_t drift_logged_ = 0; // kinds of drift
};

/// The journals of a plan as the ledger wants them, in the plan's order.
[[nodiscard]] std::vector<core::ledger_journal> ledger_journals(const plan& plan);

} // namespace reel::runtime
