// The append protocol of one journal's single writer: what to do about each outcome of an append.
//
//   answer          what occupies the place (read back)        conclusion
//   committed       -                                          committed
//   conflict or     my frame                                   committed
//   unknown or      nothing, the frame before is the one I     send the same bytes again
//   unavailable     know
//                   another frame                              fenced: another owner wrote
//                   the frame before is missing or differs     regressed: the journal lost its tail
#pragma once

#include "core/frame.hpp"
#include "transport/log.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace reel::runtime {

/// Keeps the frames that are sealed but not known to be committed. Not thread-safe; answers must be brought back to the
/// owner's thread first.
class appender {
public:
  /// What the owner has to do next.
  enum class verdict {
    none,      ///< nothing, or some frames were committed (see committed())
    read_back, ///< read the journal from read_from() and call settle()
    fenced,    ///< drop all state; another owner writes this journal
    regressed, ///< stop this journal and raise an alarm
  };
  /// Takes an outcome to the owner's thread. Called on any thread.
  using post = std::function<void(std::uint64_t ticket, transport::append_result)>;

  appender(transport::log& log, journal_id journal, core::frame_hash tail, post post_answer);

  void append(core::sealed_frame frame);
  [[nodiscard]] verdict on_answer(std::uint64_t ticket, const transport::append_result& result);

  /// Where to start reading: the frame before the first unsettled one, or that one when it would be the first of the
  /// journal.
  [[nodiscard]] frame_sequence read_from() const;
  /// Concludes from what the journal holds from read_from() on. `none` with needs_resend() means: call resend() after a
  /// delay.
  [[nodiscard]] verdict settle(const transport::frames& found);
  [[nodiscard]] bool needs_resend() const noexcept {
    return needs_resend_;
  }
  void resend();

  /// Frames that are not known to be committed.
  [[nodiscard]] std::size_t in_flight() const noexcept {
    return waiting_.size();
  }
  /// Frames known to be committed since the last call.
  [[nodiscard]] std::uint64_t take_committed() noexcept;
  /// Newest detail text of a refused append.
  [[nodiscard]] const std::string& detail() const noexcept {
    return detail_;
  }

private:
  struct entry {
    std::uint64_t ticket = 0;
    core::sealed_frame frame;
    bool answered = false;
    bool committed = false;
  };

  void send(entry& e);
  void pop_committed();

  transport::log* log_;
  journal_id journal_;
  core::frame_hash before_; // hash of the frame before waiting_.front()
  post post_;
  std::deque<entry> waiting_;
  std::uint64_t next_ticket_ = 1;
  std::uint64_t committed_ = 0;
  bool needs_resend_ = false;
  std::string detail_;
};

} // namespace reel::runtime
