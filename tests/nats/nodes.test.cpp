// Several nodes on one broker: each sees what the others append, and only the newest owner may.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "nats_log_under_test.hpp"
#include "raw_stream.hpp"
#include "register_writer.hpp"
#include "transport/nats/stream.hpp"

#include <thread>

namespace reel::conformance {

namespace {

using transport::append_outcome;

/// Two logs on the same streams.
struct two_nodes {
  explicit two_nodes(const transport::nats_options& options = {})
      : a(broker, options), b(broker, options, a.prefix()) {}

  testing_nats::broker broker;
  nats_log_under_test a;
  nats_log_under_test b;
};

} // namespace

TEST_CASE("what one node appends the other one sees, in order and in memory") {
  two_nodes nodes;
  auto source = open_journal(nodes.a, genesis_of("orders"));
  CHECK(open_journal(nodes.b, genesis_of("orders")).tail().hash == source.tail().hash);
  frame_sequence heard{};
  const auto handle = nodes.b.log().watch(
      source.journal(), [&](journal_id, frame_sequence last) { nodes.b.note([&] { heard = last; }); });
  constexpr std::uint64_t count = 300;
  for (std::uint64_t i = 0; i < count; ++i) {
    REQUIRE(append_and_wait(nodes.a, source.next(100 + i * 10)).outcome == append_outcome::committed);
  }
  nodes.b.wait_until([&] { return heard == frame_sequence{count + 1}; });
  const auto found = read(nodes.b, source.journal(), 2_frame);
  REQUIRE(found.has_value());
  REQUIRE(found->size() == count);
  CHECK(found->back()->hash() == source.tail().hash);
  CHECK(nodes.b.nats().counters().stored_reads.load() == 0);
  CHECK(nodes.b.nats().counters().halted.load() == 0);
}

TEST_CASE("a node that does not follow a journal reads its newest frames all the same") {
  two_nodes nodes;
  auto source = open_journal(nodes.a, genesis_of("orders"));
  (void)open_journal(nodes.b, genesis_of("orders"));
  for (int i = 0; i < 500; ++i) { // further than a check of the tail fetches
    REQUIRE(append_and_wait(nodes.a, source.next()).outcome == append_outcome::committed);
  }
  CHECK(read_chain(nodes.b, source.journal()).hash == source.tail().hash);
  CHECK(open_journal(nodes.b, genesis_of("orders")).tail().hash == source.tail().hash);
}

TEST_CASE("a node that slept while a bounded journal went on finds its newest frame") {
  two_nodes nodes;
  const transport::bounded_journal how{.frames_max = 8};
  register_writer awake(nodes.a);
  register_writer sleeper(nodes.b);
  (void)awake.look(how);
  (void)sleeper.look(how);
  for (int i = 0; i < 200; ++i) { // all that the sleeper has seen is gone
    REQUIRE(awake.write(state_with("n" + std::to_string(i))) == transport::append_outcome::committed);
  }
  CHECK(sleeper.write(state_with("late")) == transport::append_outcome::conflict);
  CHECK(sleeper.look(how).nodes.front().name == "n199");
  CHECK(sleeper.write(state_with("awake again")) == transport::append_outcome::committed);
  CHECK(awake.look(how).nodes.front().name == "awake again");
  CHECK(nodes.b.nats().counters().halted.load() == 0);
}

TEST_CASE("the barrier of a new owner on another node fences the old one") {
  two_nodes nodes;
  auto old_owner = open_journal(nodes.a, genesis_of("shipping"));
  CHECK(append_and_wait(nodes.a, old_owner.barrier(1)).outcome == append_outcome::committed);
  CHECK(append_and_wait(nodes.a, old_owner.next()).outcome == append_outcome::committed);
  auto new_owner = open_journal(nodes.b, genesis_of("shipping"));
  CHECK(append_and_wait(nodes.b, new_owner.barrier(2)).outcome == append_outcome::committed);
  const auto late = old_owner.next();
  CHECK(append_and_wait(nodes.a, late).outcome == append_outcome::conflict);
  // Reading back shows the old owner what happened.
  const auto found = read(nodes.a, old_owner.journal(), late.decoded->sequence());
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  CHECK(found->front()->hash() == new_owner.tail().hash);
  CHECK(append_and_wait(nodes.b, new_owner.next()).outcome == append_outcome::committed);
}

// Numbers alone would let the second of two frames under way in: the barrier has exactly the number of the first.
TEST_CASE("of an old owner's frames under way none gets in behind a barrier") {
  two_nodes nodes;
  for (int round = 0; round < 20; ++round) {
    auto genesis = genesis_of("orders", 0);
    genesis.service = "orders" + std::to_string(round);
    auto old_owner = open_journal(nodes.a, genesis);
    auto new_owner = open_journal(nodes.b, genesis);
    REQUIRE(append_and_wait(nodes.b, new_owner.barrier(2)).outcome == append_outcome::committed);
    const auto to = std::make_shared<answers>();
    constexpr std::size_t under_way = 4;
    for (std::size_t i = 0; i < under_way; ++i) {
      const auto expected = old_owner.tail().sequence;
      append(nodes.a, old_owner.journal(), expected, old_owner.next(), to);
    }
    nodes.a.wait_until([&] { return to->all.size() == under_way; });
    for (const auto& answer : to->all) {
      CHECK(answer.result.outcome == append_outcome::conflict);
    }
    CHECK(read_chain(nodes.b, new_owner.journal()).hash == new_owner.tail().hash);
  }
}

TEST_CASE("two nodes that create the same journal agree on one genesis") {
  two_nodes nodes;
  for (int round = 0; round < 10; ++round) {
    auto genesis = genesis_of("orders" + std::to_string(round));
    genesis.incarnation = 0; // each draws its own
    core::expected<transport::journal_tail> in_a;
    std::thread other([&] { in_a = nodes.a.log().open(genesis); });
    const auto in_b = nodes.b.log().open(genesis);
    other.join();
    REQUIRE(in_a.has_value());
    REQUIRE(in_b.has_value());
    CHECK(in_a->hash == in_b->hash);
  }
}

TEST_CASE("a stream with other settings is refused, with the setting and both values") {
  two_nodes nodes;
  (void)open_journal(nodes.a, genesis_of("orders"));
  const testing_nats::raw_client raw(nodes.broker.urls());
  const auto stream = transport::names_of(nodes.a.prefix(), "orders", 0).stream;
  const auto refused = [&](const std::string& words) {
    const auto opened = nodes.b.log().open(genesis_of("orders"));
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == core::errc::mismatch);
    CHECK_MESSAGE(opened.error().what.find(words) != std::string::npos, opened.error().what);
  };
  SUBCASE("old messages would be dropped") {
    raw.configure(stream, [](jsStreamConfig& c) { c.MaxAge = 3'600'000'000'000; });
    refused("maximum age is 3600000000000, this node expects 0");
  }
  SUBCASE("old frames would give way to new ones") {
    raw.configure(stream, [](jsStreamConfig& c) { c.Discard = js_DiscardOld; });
    refused("discard new is false, this node expects true");
  }
  SUBCASE("reads could come from a replica that is behind") {
    raw.configure(stream, [](jsStreamConfig& c) { c.AllowDirect = true; });
    refused("direct reads is true, this node expects false");
  }
  SUBCASE("frames would not fit") {
    raw.configure(stream, [](jsStreamConfig& c) { c.MaxMsgSize = 1000; });
    refused("maximum message size is 1000");
  }
  SUBCASE("in another cluster of journals") {
    auto other = genesis_of("orders");
    other.partitions = 8;
    const auto opened = nodes.b.log().open(other);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().what.find("partitions") != std::string::npos);
  }
}

} // namespace reel::conformance
