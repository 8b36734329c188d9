// What every log checks alike: genesis records, the chain of frames, and whether an append fits the end of a journal.
#pragma once

#include "transport/log.hpp"

#include <optional>
#include <string>

namespace reel::transport {

/// The first frame of a journal.
[[nodiscard]] core::sealed_frame seal_genesis(const core::genesis_record& genesis, timestamp now);

/// The genesis record in the first frame of a journal. Errors: corrupt.
[[nodiscard]] core::expected<core::genesis_record> read_genesis(const core::frame& first);

/// The genesis record that a frame of a bounded journal repeats. Errors: corrupt.
[[nodiscard]] core::expected<core::genesis_record> read_repeated_genesis(const core::frame& any);

/// Whether a journal created with `found` is the one that `wanted` asks for; the incarnation is the journal's own and
/// not compared. Errors: mismatch, naming the first field that differs.
[[nodiscard]] core::expected<void> check_genesis(const core::genesis_record& found, const core::genesis_record& wanted);

[[nodiscard]] journal_id journal_id_of(const core::genesis_record& genesis);

/// Why `frame` cannot follow `tail`, or nothing when it can.
[[nodiscard]] std::optional<std::string> refuses(const journal_tail& tail, journal_id journal,
                                                 frame_sequence expected_last, const core::frame& frame);

/// Whether `next` is the frame after `before` in its journal. Errors: chain_broken.
[[nodiscard]] core::expected<void> check_chain(const journal_tail& before, journal_id journal, const core::frame& next);

/// For texts: "inventory/0" is not known where only the id is.
[[nodiscard]] std::string text_of(journal_id journal);

} // namespace reel::transport
