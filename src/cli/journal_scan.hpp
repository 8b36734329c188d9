// Reads all journals of a log in one order in which causes come before effects.
#pragma once

#include "core/clock.hpp"
#include "core/frame.hpp"
#include "transport/log.hpp"

#include <reel/invariant.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace reel::cli {

/// Read ahead per journal.
inline constexpr std::size_t scan_chunk_bytes = 1 << 20;

/// Merges the journals: a frame is handed out after all frames that it depends on; among several that may be, the
/// earliest. Memory is bounded by scan_chunk_bytes per journal. Checks that frames follow each other (sequence and
/// hash).
///
/// Lifecycle: construct, open(), then next() until it gives null. On a log that still grows, next() may be called again
/// later. Blocks. Not thread-safe.
class journal_scan {
public:
  /// Both must outlive the scan.
  journal_scan(transport::log& log, const core::event_registry& registry);

  /// Finds the journals. Errors: those of transport::log::journals().
  [[nodiscard]] core::expected<void> open();

  /// Leaves out the frames of a journal up to this position; positions of all journals must be a consistent cut.
  /// Between open() and the first next(). Errors: regressed (the journal is shorter), chain_broken (another frame is
  /// there), and those of transport::log::read.
  [[nodiscard]] core::expected<void> resume(journal_id journal, const core::position& at);

  /// The next frame, or null when everything there is has been handed out. Errors name the frame: chain_broken (also
  /// when a frame depends on one that does not exist), corrupt, io.
  [[nodiscard]] core::expected<std::shared_ptr<const core::frame>> next();

  [[nodiscard]] std::vector<transport::journal_description> journals() const;
  /// Null for a journal that the log does not have.
  [[nodiscard]] const core::genesis_record* genesis(journal_id journal) const noexcept;
  /// "inventory/0"; a number for a journal that the log does not have.
  [[nodiscard]] std::string name(journal_id journal) const;
  [[nodiscard]] const core::event_registry& registry() const noexcept {
    return *registry_;
  }

private:
  struct journal_lane {
    transport::journal_description journal;
    std::string name;
    frame_sequence visited{}; ///< handed out up to here
    core::frame_hash visited_hash{};
    frame_sequence fetched{};
    core::frame_hash fetched_hash{};
    std::deque<std::shared_ptr<const core::frame>> frames;
  };

  [[nodiscard]] core::expected<void> fetch(journal_lane& l);
  [[nodiscard]] core::expected<void> check_follows(const journal_lane& l, const core::frame& f) const;
  [[nodiscard]] journal_lane* earliest_ready();
  [[nodiscard]] bool ready(const core::frame& f) const;
  [[nodiscard]] core::error unmet_dependency() const;

  transport::log* log_;
  const core::event_registry* registry_;
  std::map<journal_id, journal_lane> lanes_;
};

/// "inventory/0:17" or "inventory/0:17.2".
[[nodiscard]] std::string frame_name(const journal_scan& scan, journal_id journal, frame_sequence sequence);
[[nodiscard]] std::string event_name(const journal_scan& scan, const event_id& id);

/// Calls `visit` for each event of a frame. Of an event that this program does not know, `type` is null and `key`
/// empty.
void for_each_fact(const core::frame& f, const journal_scan& scan, const std::function<void(const fact&)>& visit);

/// Hands all frames to `visit` until it returns false.
[[nodiscard]] core::expected<void> scan_frames(journal_scan& scan,
                                               const std::function<bool(const core::frame&)>& visit);

} // namespace reel::cli
