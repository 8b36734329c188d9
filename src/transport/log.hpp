// The log: journals that only grow, by compare-and-append. The only interface that a transport implements.
#pragma once

#include "core/error.hpp"
#include "core/frame.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace reel::transport {

/// The end of a journal.
struct journal_tail {
  frame_sequence sequence{};
  core::frame_hash hash{};
};

/// A journal that exists in a log.
struct journal_description {
  journal_id id{};
  core::genesis_record genesis;
  journal_tail tail;
};

/// What became of an append (reliability protocol, "outcome of an append").
enum class append_outcome {
  committed,   ///< durable at exactly the expected place
  conflict,    ///< the journal's last frame is not the expected one: read it back before concluding anything
  unavailable, ///< certainly not stored; may work later (disk full, limits)
  unknown,     ///< may be stored or not: resend the same bytes, or read back
};

struct append_result {
  append_outcome outcome = append_outcome::unknown;
  frame_sequence last{}; ///< the journal's last frame as far as the log knows; 0 when unknown
  std::string detail;    ///< for people
};

using frames = std::vector<std::shared_ptr<const core::frame>>;
using append_handler = std::function<void(append_result)>;
using read_handler = std::function<void(core::expected<frames>)>;
using commit_handler = std::function<void(journal_id, frame_sequence last)>;

/// What an implementation can do, for the conformance suite.
struct log_features {
  bool durable = false;       ///< survives kill -9 of the process
  bool shared = false;        ///< several processes may open it at once
  bool deterministic = false; ///< same seed, same behaviour
  bool bounded = false;       ///< has journals of which only the newest frames are kept
};

/// How a bounded journal is opened.
struct bounded_journal {
  std::uint64_t frames_max = 256; ///< that are kept; older ones go
  bool create = true;             ///< when it does not exist; otherwise that is an error, not_found
};

/// Journals of frames.
///
/// Ordering: appends of one journal complete in the order of their calls; several may be in flight with chained
/// expected sequences, and when one fails all later ones fail too (prefix property). Readers see only committed frames,
/// in order, without gaps. Threads: all functions may be called from any thread. Handlers run on a thread of the log,
/// or inside the call itself; they must not block and not call back into the log. Lifetime: the destructor waits for
/// running handlers; appends that have not completed by then are reported `unknown`.
class log {
public:
  virtual ~log() = default;

  [[nodiscard]] virtual log_features features() const = 0;

  /// Opens a journal, creating it with this genesis when it does not exist. Blocks; call it at start only.
  /// An existing journal keeps its incarnation; errors: mismatch (names the field, found and expected), corrupt, io.
  [[nodiscard]] virtual core::expected<journal_tail> open(const core::genesis_record& genesis) = 0;

  /// Opens a journal of which only the newest frames are kept, for facts that each newer frame replaces. Whoever writes
  /// it repeats the genesis in every frame (frame_builder::set_genesis), since the first one goes. A read from a frame
  /// that is gone begins at a later one. Blocks. Errors: as open(); invalid when the log has no such journals.
  [[nodiscard]] virtual core::expected<journal_tail> open_bounded(const core::genesis_record& /*genesis*/,
                                                                  const bounded_journal& /*how*/) {
    return core::fail(core::errc::invalid, "this log keeps all frames of each journal");
  }

  /// All journals that keep everything, by name. Blocks.
  [[nodiscard]] virtual core::expected<std::vector<journal_description>> journals() = 0;

  /// Appends one frame if the journal's last frame is `expected_last`.
  virtual void append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame,
                      append_handler done) = 0;

  /// Reads committed frames from `from` on, at least one when there is one, about `bytes_max` raw bytes in all. An
  /// empty result means: nothing there yet. Frames that come from storage have passed decode(), the chain check and,
  /// when the log was given a registry, verify_payloads().
  virtual void read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) = 0;

  /// The last committed frame. Blocks.
  [[nodiscard]] virtual core::expected<journal_tail> last(journal_id journal) = 0;

  /// Calls `on_commit` after each commit to the journal, with the newest sequence (commits may be merged), until the
  /// returned handle is dropped.
  [[nodiscard]] virtual std::shared_ptr<void> watch(journal_id journal, commit_handler on_commit) = 0;
};

/// Snapshots of partitions: an aid to recovery, never the truth.
struct snapshot {
  journal_id journal{};
  frame_sequence sequence{}; ///< holds the fold of all frames up to this one
  core::frame_hash hash{};   ///< of that frame: a snapshot whose hash is not the journal's is ignored
  std::string bytes;
};

/// Keeps the newest snapshots of each journal. All functions may be called from any thread.
class snapshot_store {
public:
  virtual ~snapshot_store() = default;
  /// Stores in the background; keeps the newest two.
  virtual void put(snapshot s) = 0;
  /// Newest first. Blocks.
  [[nodiscard]] virtual core::expected<std::vector<snapshot>> load(journal_id journal) = 0;
};

} // namespace reel::transport
