// A partition's logic: events in, one frame out, and the same state again from the journal. Pure: no actors, no I/O, no
// clock.
#pragma once

#include "core/clock.hpp"
#include "core/frame.hpp"
#include "core/pending_set.hpp"
#include "core/routing.hpp"

#include <reel/descriptor.hpp>
#include <reel/outbox.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reel::core {

/// What a partition has done since it was created or recovered; only ever grows.
struct partition_counters {
  std::uint64_t frames = 0;
  std::uint64_t events = 0;    ///< published
  std::uint64_t reactions = 0; ///< run
  std::uint64_t retries = 0;   ///< of reactions, run
};

/// The state of one partition of one service, and the frame that is being filled.
///
/// Lifecycle: construct; restore() a snapshot or not; recover() every frame after it, in order; take_ownership(); then
/// handle() inputs and seal() frames. State runs ahead of the journal by the open frame and the sealed frames that are
/// not committed yet: whoever drives the partition must drop it, and recover a new one, when an append turns out not to
/// be committed. Not thread-safe.
class partition {
public:
  /// `service` and `registry` must outlive the partition. Throws std::invalid_argument when two actors of the service
  /// publish the same event type, because a fold could not tell whose event it is.
  partition(const service_info& service, const event_registry& registry, core::genesis_record genesis);
  ~partition();

  // -- recovery -----------------------------------------------------------------------------------------------------

  /// Takes over a snapshot. False when it does not fit this program or is damaged; the partition is then as
  /// constructed.
  [[nodiscard]] bool restore(bytes_view snapshot);
  /// Folds the next committed frame. Errors: chain_broken, mismatch (genesis), corrupt.
  [[nodiscard]] expected<void> recover(const frame& f);
  /// Opens a new epoch, `epoch_min` or a later one: the next frame is the barrier that fences every older owner.
  void take_ownership(std::string_view owner, std::uint64_t epoch_min = 0);

  // -- running ------------------------------------------------------------------------------------------------------

  /// Runs the reactions that a source frame causes here and folds what they publish. Moves the input position.
  /// Precondition: `input` follows the last handled frame of its journal.
  void handle(const routed_frame& input, timestamp now);
  /// Tries again what is due, until the open frame has grown to `open_bytes_max`.
  void run_due(timestamp now, std::size_t open_bytes_max);
  /// A person decides about a dead letter: it is tried again as if it had never failed, or it is forgotten. Journaled
  /// with who and why. Errors: invalid, when there is no such dead letter.
  [[nodiscard]] expected<void> decide(const decision& made, timestamp now);
  /// When run_due() has something to do next.
  [[nodiscard]] std::optional<timestamp> next_due() const;
  /// Called before each reaction, for simulations: what it throws is taken as thrown by the reaction.
  using attempt_hook = std::function<void(const delivery&, const event_view&)>;
  void interpose(attempt_hook hook) {
    hook_ = std::move(hook);
  }
  /// Appends events that come from outside; only for sources. Payloads are verified by the caller.
  void ingest(const outbox& events, timestamp now);
  void set_ingress(const ingress_mark& mark);

  /// True when there is something to commit.
  [[nodiscard]] bool has_open_frame() const noexcept;
  /// Raw size of the open frame in bytes.
  [[nodiscard]] std::size_t open_bytes() const noexcept;
  /// Frames handled since the last sealed frame: positions that only memory knows.
  [[nodiscard]] std::uint64_t unrecorded_inputs() const noexcept;
  [[nodiscard]] sealed_frame seal(timestamp now);

  // -- state --------------------------------------------------------------------------------------------------------

  /// The state as of the last sealed or recovered frame. Precondition: !has_open_frame().
  [[nodiscard]] std::string snapshot() const;
  [[nodiscard]] bool can_snapshot() const noexcept;

  [[nodiscard]] frame_sequence sequence() const noexcept {
    return sequence_;
  }
  [[nodiscard]] const frame_hash& hash() const noexcept {
    return hash_;
  }
  [[nodiscard]] std::uint64_t epoch() const noexcept {
    return epoch_;
  }
  [[nodiscard]] journal_id journal() const noexcept {
    return journal_;
  }
  [[nodiscard]] const core::genesis_record& genesis() const noexcept {
    return genesis_;
  }
  [[nodiscard]] position handled(journal_id source) const noexcept {
    return inputs_.at(source);
  }
  /// How far an input has been read; offset 0 when it never was.
  [[nodiscard]] ingress_mark ingress(std::string_view input) const;
  /// Of each input that was ever read, in the order of their last frames.
  [[nodiscard]] const std::vector<ingress_mark>& inputs_read() const noexcept {
    return inputs_read_;
  }
  [[nodiscard]] const entity_table& entities(std::size_t actor) const {
    return *tables_.at(actor);
  }
  [[nodiscard]] const pending_set& pending() const noexcept {
    return pending_;
  }
  [[nodiscard]] const partition_counters& counters() const noexcept {
    return counters_;
  }

private:
  struct folder { // how an event type of this service is folded
    std::uint16_t actor = 0;
    void (*apply)(void*, const std::byte*) = nullptr;
    bool ends = false;
  };

  void take(const delivery& d, const event_view& event);
  [[nodiscard]] std::optional<std::string> attempt(const delivery& d, const event_view& event);
  void publish(const delivery& d, const event_view& cause, const published& indices);
  void check_published(const delivery& d, const published& indices);
  [[nodiscard]] pending_entry entry_of(const delivery& d, const event_view& event);
  void park(pending_entry entry);
  void note_failure(pending_entry& entry, std::string what, const reaction_info* reaction) const;
  void retry(pending_entry entry);
  [[nodiscard]] std::optional<delivery> delivery_of(const pending_entry& entry) const;
  void fold(const folder& f, std::string_view key, const std::byte* payload);
  void end_entity(const delivery& d);
  void recover_events(const frame& f);
  [[nodiscard]] std::uint32_t recover_ends(const frame& f, std::uint32_t next, std::size_t before);
  void recover_notes(const frame& f);
  void note_ingress(const ingress_mark& mark);
  void depend_on(const frame& source);
  [[nodiscard]] const folder* folder_of(event_type_id type) const noexcept;
  [[nodiscard]] timestamp later_of(timestamp now) const noexcept;

  const service_info* service_;
  const event_registry* registry_;
  core::genesis_record genesis_;
  journal_id journal_;
  std::vector<std::unique_ptr<entity_table>> tables_; // by actor
  std::vector<std::uint16_t> actor_tags_;             // by actor: what EntityEnded carries
  std::vector<folder> folders_;                       // by registry index

  frame_sequence sequence_{};
  frame_hash hash_{};
  std::uint64_t epoch_ = 0;
  timestamp time_{};
  vector_clock inputs_;
  vector_clock clock_; // everything the state depends on, through the inputs
  pending_set pending_;
  std::uint64_t parked_in_frame_ = 0;
  attempt_hook hook_;
  std::vector<ingress_mark> inputs_read_; // the newest last

  frame_builder builder_;
  outbox outbox_;
  published published_;
  key_list keys_;
  std::uint64_t unrecorded_ = 0;
  partition_counters counters_;
};

} // namespace reel::core
