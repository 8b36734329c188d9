// Every limit of the runtime, with its default and the reason for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace reel::runtime::defaults {

/// Deliveries that a reader may have sent to one consumer without an answer. Large enough to hide a commit, small
/// enough that a slow service holds only a few frames.
inline constexpr std::int64_t lane_credit = 4096;

/// An open frame is sealed at this raw size, even when appends are in flight; the broker is fastest between 256 KB and
/// 1 MB.
inline constexpr std::size_t frame_bytes_max = 256 * 1024;

/// Appends of one journal that may wait for the log. Two keep the log busy; more only make frames smaller.
inline constexpr std::size_t appends_in_flight_max = 2;

/// Raw bytes that a reader asks the log for at once.
inline constexpr std::size_t read_bytes_max = 1024 * 1024;

/// Raw bytes that recovery asks the log for at once.
inline constexpr std::size_t recovery_bytes_max = 8 * 1024 * 1024;

/// A snapshot is taken after this many frames.
inline constexpr std::uint64_t snapshot_frames = 2048;

/// Positions that moved without causing events are written by an idle frame after this many source frames.
inline constexpr std::uint64_t unrecorded_inputs_max = 4096;

/// Waiting before an append is sent again: doubles from the first to the last.
inline constexpr std::chrono::milliseconds append_retry_first{5};
inline constexpr std::chrono::milliseconds append_retry_last{1000};

/// Effects that a partition may owe before it stops handling inputs until some are settled: a world that does not
/// answer fills the log, not the memory. Large enough to hide a call of 40 ms at 100,000 a second.
inline constexpr std::size_t effects_owed_max = 4096;

/// Waiting before a supervisor starts a partition again.
inline constexpr std::chrono::milliseconds restart_delay{50};

/// The longest that a partition waits before it looks at the clock again: a deadline is late by no more than this when
/// the machine has slept or its clock was set forward.
inline constexpr std::chrono::seconds wake_up_max{60};

/// Waiting before a source looks again at a feed that had nothing due: doubles from the first to the last, so that an
/// idle source costs nothing and a busy one waits no longer than a commit takes.
inline constexpr std::chrono::milliseconds feed_poll_first{1};
inline constexpr std::chrono::milliseconds feed_poll_last{64};

/// CAF messages that an actor handles before it yields its thread; without a limit a busy actor starves the others.
inline constexpr std::size_t throughput_max = 100;

} // namespace reel::runtime::defaults
