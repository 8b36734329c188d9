#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "transport/chain.hpp"

#include <doctest/doctest.h>

namespace reel::transport {

namespace {

core::genesis_record genesis() {
  return {"cluster", 1, "inventory", 3, 8};
}

core::sealed_frame frame_after(const journal_tail& tail, journal_id journal) {
  core::frame_builder builder;
  builder.set_owned("node");
  return builder.seal(journal, following(tail.sequence), 1, tail.hash, timestamp{});
}

} // namespace

TEST_CASE("a genesis comes back from its frame") {
  const auto sealed = seal_genesis(genesis(), timestamp(std::chrono::seconds(5)));
  CHECK(sealed.decoded->sequence() == frame_sequence{1});
  CHECK(sealed.decoded->journal() == journal_id_of(genesis()));
  CHECK(sealed.decoded->time() == timestamp(std::chrono::seconds(5)));
  const auto stored = core::frame::decode(sealed.stored->view());
  REQUIRE(stored.has_value());
  const auto found = read_genesis(**stored);
  REQUIRE(found.has_value());
  CHECK(*found == genesis());
}

TEST_CASE("a frame that is no genesis is not read as one") {
  const auto first = seal_genesis(genesis(), timestamp{});
  const auto second = frame_after({frame_sequence{1}, first.decoded->hash()}, journal_id_of(genesis()));
  const auto found = read_genesis(*second.decoded);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == core::errc::corrupt);
}

TEST_CASE("each field of a genesis but the incarnation must agree, and is named") {
  const auto text_of_mismatch = [](auto change) {
    auto wanted = genesis();
    change(wanted);
    const auto result = check_genesis(genesis(), wanted);
    return result ? std::string() : result.error().what;
  };
  CHECK(check_genesis(genesis(), genesis()).has_value());
  CHECK(text_of_mismatch([](auto& g) { g.incarnation = 2; }).empty());
  CHECK(text_of_mismatch([](auto& g) { g.cluster = "other"; }).find("cluster") != std::string::npos);
  CHECK(text_of_mismatch([](auto& g) { g.service = "payment"; }).find("service inventory") != std::string::npos);
  CHECK(text_of_mismatch([](auto& g) { g.partition = 4; }).find("partition 3") != std::string::npos);
  CHECK(text_of_mismatch([](auto& g) { g.partitions = 9; }).find("partitions 8") != std::string::npos);
}

TEST_CASE("a frame fits only the end that it was made for") {
  const auto first = seal_genesis(genesis(), timestamp{});
  const auto journal = journal_id_of(genesis());
  const journal_tail tail{frame_sequence{1}, first.decoded->hash()};
  const auto next = frame_after(tail, journal);
  CHECK_FALSE(refuses(tail, journal, tail.sequence, *next.decoded).has_value());
  CHECK(check_chain(tail, journal, *next.decoded).has_value());

  CHECK(refuses(tail, journal_id{9}, tail.sequence, *next.decoded).has_value());
  CHECK(refuses(tail, journal, frame_sequence{0}, *next.decoded).has_value());
  CHECK(refuses({frame_sequence{2}, tail.hash}, journal, frame_sequence{1}, *next.decoded).has_value());
  auto other_history = tail;
  other_history.hash[0] ^= 1;
  CHECK(refuses(other_history, journal, tail.sequence, *next.decoded).has_value());
  const auto broken = check_chain(other_history, journal, *next.decoded);
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == core::errc::chain_broken);
}

} // namespace reel::transport
