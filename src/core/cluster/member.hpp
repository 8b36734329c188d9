// One node's part in the cluster: what it writes into the register, and what it does with each partition. Pure: no
// actors, no log, no clock.
//
//   watching ──> member ──> leaving ──> gone        watching ──> refused: a node that lives objects
//      ^             │
//      └── expelled ─┘
//
// A partition, seen by its next owner N and its owner M:
//
//   N: stand by (fold a copy) ─> ready ─> writes "N wants it"
//   M:                                      drain, end ─> writes "nobody owns it, N wants it"
//   N:                                                      writes "N owns it, epoch + 1" ─> barrier ─> runs
#pragma once

#include "core/cluster/state.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reel::core {

struct member_options {
  std::string name;
  std::chrono::nanoseconds lease = std::chrono::seconds(3);
  std::chrono::nanoseconds beat_every = std::chrono::seconds(1);
  std::string fingerprint;
  std::vector<cluster_service> services; ///< all of the choreography, hosted or not
  /// Why a node of another fingerprint cannot work beside this one; empty when it can. Null: it never can.
  std::function<std::string(const std::string& ours, const std::string& theirs)> disagreement;
};

/// What there is of a partition on this node.
enum class local_phase {
  absent,
  recovering, ///< folds its journal, to stand by or to run
  ready,      ///< stands by with all that there is
  running,    ///< takes its place as the owner, or has done so
  draining,
  halted, ///< ended with an alarm: a person has to look
};

/// What this node should do with a partition.
enum class partition_role { none, stand_by, own, release };

/// Lifecycle: observe() each record that is found; propose() gives the one to append after the newest that was
/// observed, if any; roles follow. Times are of one monotonic clock that goes on while the machine sleeps; those of
/// different nodes are never compared. Leases decide who should write; that only one does is the journals' own
/// compare-and-append.
class cluster_member {
public:
  using duration = std::chrono::nanoseconds;
  enum class phase { watching, member, leaving, gone, refused };

  explicit cluster_member(member_options options);

  // -- the register ---------------------------------------------------------------------------------------------------

  void observe(cluster_state newest, duration now);
  /// What to append next. `life` is a new one, drawn by the caller, should the node join with this record.
  [[nodiscard]] std::optional<cluster_state> propose(duration now, timestamp wall, node_life life);
  /// Takes no partition from now on and gives back those that it has.
  void leave();

  // -- this node's partitions -----------------------------------------------------------------------------------------

  void set_local(std::string_view service, std::uint32_t partition, local_phase now);
  /// Asked for the partitions that this node owns, whenever a record is proposed.
  void figures_from(std::function<partition_figures(std::string_view service, std::uint32_t partition)> source);
  /// The partition failed; `fenced`: because another owner wrote to its journal. Whether this node still owns it shall
  /// the register say, by a record that is appended after now.
  void doubt(std::string_view service, std::uint32_t partition, bool fenced);
  struct order {
    partition_role role = partition_role::none;
    std::uint64_t epoch = 0; ///< of ownership, for role own
  };
  [[nodiscard]] order role_of(std::string_view service, std::uint32_t partition, duration now) const;

  // -- what it knows --------------------------------------------------------------------------------------------------

  [[nodiscard]] phase at() const noexcept {
    return phase_;
  }
  /// Its heartbeat was committed a short while ago, measured from before it was sent.
  [[nodiscard]] bool holds_lease(duration now) const noexcept;
  /// Why it was refused.
  [[nodiscard]] const std::string& reason() const noexcept {
    return reason_;
  }
  [[nodiscard]] const cluster_state& state() const noexcept {
    return state_;
  }
  /// Partitions that were nobody's and became this node's; partitions that it gave away, alive.
  [[nodiscard]] std::uint64_t takeovers() const noexcept {
    return takeovers_;
  }
  [[nodiscard]] std::uint64_t handovers() const noexcept {
    return handovers_;
  }
  [[nodiscard]] node_life life() const noexcept {
    return life_;
  }

private:
  struct sign_of_life {
    std::uint64_t beat = 0;
    duration at{};
    bool again = false; ///< a second beat was seen, so it lives
  };
  using partition_key = std::pair<std::string, std::uint32_t>;

  void note_beats(duration now);
  void note_own_beat(duration now);
  void note_changes(const cluster_state& before);
  [[nodiscard]] bool is_dead(const cluster_node& n, duration now) const;
  [[nodiscard]] std::string objection_to(const cluster_node& other) const;
  [[nodiscard]] bool may_join(cluster_state& next, duration now);
  [[nodiscard]] std::optional<cluster_state> propose_join(duration now, timestamp wall, node_life life);
  [[nodiscard]] bool beat_is_due(duration now) const;
  [[nodiscard]] bool expel_dead(cluster_state& next, duration now) const;
  [[nodiscard]] bool settle_partitions(cluster_state& next) const;
  [[nodiscard]] bool settle(cluster_partition& p, node_life target) const;
  [[nodiscard]] bool should_release(const cluster_partition& p) const;
  void add_figures(cluster_state& next) const;
  [[nodiscard]] cluster_state stamped(cluster_state next, duration now);
  [[nodiscard]] local_phase local(std::string_view service, std::uint32_t partition) const;
  void start_over();

  member_options options_;
  phase phase_ = phase::watching;
  std::string reason_;
  bool observed_ = false;
  bool leaving_ = false;
  cluster_state state_;
  std::vector<node_life> targets_; // by index in state_.partitions
  node_life life_ = node_life::nobody;
  std::map<node_life, sign_of_life> signs_;
  std::uint64_t proposed_beat_ = 0;        // the newest
  std::uint64_t committed_beat_ = 0;       // of this life
  std::map<std::uint64_t, duration> sent_; // when each beat that is not known to be committed was proposed
  std::optional<duration> lease_until_;
  std::map<partition_key, local_phase> local_;
  std::map<partition_key, std::uint64_t> doubts_; // the beat that must be committed before it is believed again
  std::function<partition_figures(std::string_view, std::uint32_t)> figures_;
  std::uint64_t takeovers_ = 0;
  std::uint64_t handovers_ = 0;
  std::uint64_t fenced_ = 0;
};

} // namespace reel::core
