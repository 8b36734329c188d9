// Checks that the journals of a log fit together: positions, dependencies, epochs, causes. Knows nothing of what the
// events mean.
#pragma once

#include "cli/journal_scan.hpp"
#include "core/pending_fold.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace reel::cli {

/// Sees every frame once, in the order of a journal_scan, which has checked sequences and hashes already. Keeps 16
/// bytes per frame. Not thread-safe.
class journal_audit {
public:
  /// The scan must outlive this.
  explicit journal_audit(const journal_scan& scan) : scan_{&scan}, pending_{scan.registry()} {}

  void observe(const core::frame& f);

  struct finding {
    std::string what;
    correlation_id correlation{}; ///< of the flow concerned, or 0
  };
  /// The first findings, at most `audit_findings_max`.
  [[nodiscard]] const std::vector<finding>& findings() const noexcept {
    return findings_;
  }
  [[nodiscard]] std::uint64_t finding_count() const noexcept {
    return finding_count_;
  }
  [[nodiscard]] std::uint64_t frames() const noexcept {
    return frames_;
  }
  [[nodiscard]] std::uint64_t events() const noexcept {
    return events_;
  }
  /// Events that were parked for good and not settled since.
  [[nodiscard]] std::uint64_t dead_letters() const noexcept {
    return pending_.dead();
  }
  /// Events that wait to be tried again, or behind such ones.
  [[nodiscard]] std::uint64_t live_pending() const noexcept {
    return pending_.live();
  }
  [[nodiscard]] std::uint64_t unknown_events() const noexcept {
    return unknown_events_;
  }
  /// True when each source that ever recorded its input has read it to the end.
  [[nodiscard]] bool inputs_complete() const noexcept;
  /// How far the writer of `consumer` has handled `source`, as its frames say.
  [[nodiscard]] frame_sequence handled(journal_id consumer, journal_id source) const noexcept;
  [[nodiscard]] frame_sequence last(journal_id journal) const noexcept;

private:
  struct frame_note {
    std::uint64_t hash = 0;
    std::uint32_t events = 0;
  };
  struct journal_note {
    std::vector<frame_note> frames; ///< by sequence - 1
    std::map<journal_id, frame_sequence> handled;
    std::uint64_t epoch = 0;
    timestamp time{};
    struct read_input {
      std::uint64_t offset = 0;
      bool complete = false;
    };
    std::map<std::string, read_input, std::less<>> inputs; // by identity
  };
  using positions = std::map<journal_id, frame_sequence>;

  void report(const core::frame& f, std::string what, correlation_id correlation = {});
  void check_envelope(const core::frame& f, const journal_note& note);
  void check_reference(const core::frame& f, const char* kind, journal_id journal, frame_sequence sequence,
                       std::uint64_t hash);
  void check_inputs(const core::frame& f, journal_note& note);
  void check_ingress(const core::frame& f, journal_note& note);
  void check_cause(const core::frame& f, const core::event_view& event, const positions& before,
                   const journal_note& note);
  void check_pending(const core::frame& f);

  const journal_scan* scan_;
  std::map<journal_id, journal_note> journals_;
  core::pending_fold pending_;
  std::vector<finding> findings_;
  std::uint64_t finding_count_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t unknown_events_ = 0;
};

inline constexpr std::size_t audit_findings_max = 100;

} // namespace reel::cli
