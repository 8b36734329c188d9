#include "transport/chain.hpp"

#include "core/hash.hpp"

#include <reel/frame_generated.h>

#include <cstdio>

namespace reel::transport {

namespace {

core::expected<void> same(std::string_view journal, std::string_view field, const std::string& found,
                          const std::string& wanted) {
  if (found == wanted) {
    return {};
  }
  return core::fail(core::errc::mismatch, "journal " + std::string(journal) + " was created with " +
                                              std::string(field) + " " + found + ", this node expects " + wanted);
}

} // namespace

core::sealed_frame seal_genesis(const core::genesis_record& genesis, timestamp now) {
  core::frame_builder builder;
  builder.set_genesis(genesis);
  return builder.seal(journal_id_of(genesis), frame_sequence{1}, 0, core::frame_hash{}, now);
}

core::expected<core::genesis_record> read_genesis(const core::frame& first) {
  if (first.sequence() != frame_sequence{1}) {
    return core::fail(core::errc::corrupt, "journal " + text_of(first.journal()) + " does not start with a genesis");
  }
  return read_repeated_genesis(first);
}

core::expected<core::genesis_record> read_repeated_genesis(const core::frame& any) {
  const auto* stored = any.body().genesis();
  if (stored == nullptr) {
    return core::fail(core::errc::corrupt, "frame " + std::to_string(number(any.sequence())) + " of journal " +
                                               text_of(any.journal()) + " has no genesis");
  }
  core::genesis_record genesis;
  genesis.cluster = stored->cluster()->str();
  genesis.incarnation = stored->incarnation();
  genesis.service = stored->service()->str();
  genesis.partition = stored->partition();
  genesis.partitions = stored->partitions();
  return genesis;
}

core::expected<void> check_genesis(const core::genesis_record& found, const core::genesis_record& wanted) {
  const auto name = core::journal_name(wanted.service, wanted.partition);
  if (auto good = same(name, "cluster", found.cluster, wanted.cluster); !good) {
    return good;
  }
  if (auto good = same(name, "service", found.service, wanted.service); !good) {
    return good;
  }
  if (auto good = same(name, "partition", std::to_string(found.partition), std::to_string(wanted.partition)); !good) {
    return good;
  }
  return same(name, "partitions", std::to_string(found.partitions), std::to_string(wanted.partitions));
}

journal_id journal_id_of(const core::genesis_record& genesis) {
  return core::journal_id_of(core::journal_name(genesis.service, genesis.partition));
}

std::optional<std::string> refuses(const journal_tail& tail, journal_id journal, frame_sequence expected_last,
                                   const core::frame& frame) {
  if (frame.journal() != journal) {
    return "the frame belongs to journal " + text_of(frame.journal()) + ", not " + text_of(journal);
  }
  if (frame.sequence() != following(expected_last)) {
    return "frame " + std::to_string(number(frame.sequence())) + " cannot follow the expected last frame " +
           std::to_string(number(expected_last));
  }
  if (tail.sequence != expected_last) {
    return "the journal's last frame is " + std::to_string(number(tail.sequence)) + ", expected " +
           std::to_string(number(expected_last));
  }
  if (frame.previous() != tail.hash) {
    return "frame " + std::to_string(number(frame.sequence())) + " follows another history: its previous hash is not " +
           "that of frame " + std::to_string(number(tail.sequence));
  }
  return std::nullopt;
}

core::expected<void> check_chain(const journal_tail& before, journal_id journal, const core::frame& next) {
  if (auto why = refuses(before, journal, before.sequence, next)) {
    return core::fail(core::errc::chain_broken, "journal " + text_of(journal) + ": " + *why);
  }
  return {};
}

std::string text_of(journal_id journal) {
  char text[16];
  std::snprintf(text, sizeof(text), "%08x", static_cast<unsigned>(journal));
  return text;
}

} // namespace reel::transport
