// Reads and appends that wait for the log's answer: commands have nothing else to do meanwhile.
#pragma once

#include "core/error.hpp"
#include "core/frame.hpp"
#include "transport/log.hpp"

#include <cstddef>
#include <future>
#include <memory>
#include <utility>

namespace reel::cli {

/// Waits for the answer of what `ask(handler)` asks a log for, which may come from one of its threads.
template <class Answer, class Ask>
Answer await_answer(Ask ask) {
  const auto answer = std::make_shared<std::promise<Answer>>();
  auto result = answer->get_future();
  ask([answer](Answer given) { answer->set_value(std::move(given)); });
  return result.get();
}

/// Like transport::log::read.
[[nodiscard]] inline core::expected<transport::frames> read_blocking(transport::log& log, journal_id journal,
                                                                     frame_sequence from, std::size_t bytes_max) {
  return await_answer<core::expected<transport::frames>>(
      [&](auto done) { log.read(journal, from, bytes_max, std::move(done)); });
}

/// Hands the frames of a journal from `from` on to `visit`, which returns core::expected<bool>: false ends it. Errors:
/// those of reading and of `visit`.
template <class Visit>
core::expected<void> read_journal(transport::log& log, journal_id journal, frame_sequence from, Visit visit) {
  constexpr std::size_t chunk_bytes = 1 << 20;
  auto next = static_cast<std::uint64_t>(from);
  for (;;) {
    const auto frames = read_blocking(log, journal, frame_sequence{next}, chunk_bytes);
    if (!frames)
      return tl::unexpected(frames.error());
    if (frames->empty())
      return {};
    for (const auto& frame : *frames) {
      const core::expected<bool> go_on = visit(frame);
      if (!go_on)
        return tl::unexpected(go_on.error());
      if (!*go_on)
        return {};
      next = static_cast<std::uint64_t>(frame->sequence()) + 1;
    }
  }
}

} // namespace reel::cli
