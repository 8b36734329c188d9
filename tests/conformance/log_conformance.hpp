// The conformance suite: what every implementation of transport::log must do. An implementation's test file includes
// this, defines `make_log()` before, and gets all cases.
#pragma once

#include "log_under_test.hpp"

#include <algorithm>
#include <optional>

namespace reel::conformance {

/// A fresh, empty storage with a log opened on it. Each implementation's test file defines it.
[[nodiscard]] std::unique_ptr<log_under_test> make_log();

TEST_CASE("a journal is created with its genesis as first frame") {
  const auto t = make_log();
  const auto genesis = genesis_of("inventory", 2);
  const auto source = open_journal(*t, genesis);
  CHECK(source.tail().sequence == 1_frame);
  const auto found = read(*t, source.journal(), 1_frame);
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  const auto record = transport::read_genesis(*found->front());
  REQUIRE(record.has_value());
  CHECK(record->cluster == "test-cluster");
  CHECK(record->service == "inventory");
  CHECK(record->partition == 2);
  CHECK(record->partitions == 4);
  CHECK(found->front()->hash() == source.tail().hash);
  CHECK(found->front()->previous() == core::frame_hash{});
}

TEST_CASE("opening again gives the same journal") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("inventory"));
  CHECK(append_and_wait(*t, source.next()).outcome == transport::append_outcome::committed);
  CHECK(open_journal(*t, genesis_of("inventory")).tail().hash == source.tail().hash);
  t->reopen();
  CHECK(open_journal(*t, genesis_of("inventory")).tail().hash == source.tail().hash);
  CHECK(read_chain(*t, source.journal()).hash == source.tail().hash);
}

TEST_CASE("another genesis is refused, and the field is named") {
  const auto t = make_log();
  (void)open_journal(*t, genesis_of("inventory"));
  auto other_partitions = genesis_of("inventory");
  other_partitions.partitions = 8;
  auto other_cluster = genesis_of("inventory");
  other_cluster.cluster = "elsewhere";
  for (const bool reopened : {false, true}) {
    if (reopened) {
      t->reopen();
    }
    const auto a = t->log().open(other_partitions);
    REQUIRE_FALSE(a.has_value());
    CHECK(a.error().code == core::errc::mismatch);
    CHECK(a.error().what.find("partition") != std::string::npos);
    CHECK(a.error().what.find("8") != std::string::npos);
    CHECK(a.error().what.find("4") != std::string::npos);
    const auto b = t->log().open(other_cluster);
    REQUIRE_FALSE(b.has_value());
    CHECK(b.error().code == core::errc::mismatch);
    CHECK(b.error().what.find("elsewhere") != std::string::npos);
    CHECK(b.error().what.find("test-cluster") != std::string::npos);
  }
}

TEST_CASE("an existing journal keeps its incarnation") {
  const auto t = make_log();
  const auto first = open_journal(*t, genesis_of("inventory"));
  auto again = genesis_of("inventory");
  again.incarnation = 43;
  CHECK(open_journal(*t, again).tail().hash == first.tail().hash);
}

TEST_CASE("a frame is appended where it is expected, and nowhere else") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("payment"));
  const auto second = source.next();
  const auto third = source.next();
  const auto too_early = append_and_wait(*t, third);
  CHECK(too_early.outcome == transport::append_outcome::conflict);
  CHECK(too_early.detail != "");
  const auto result = append_and_wait(*t, second);
  CHECK(result.outcome == transport::append_outcome::committed);
  CHECK(result.last == 2_frame);
  const auto again = append_and_wait(*t, second);
  CHECK(again.outcome == transport::append_outcome::conflict);
  CHECK(again.last == 2_frame);
  CHECK(append_and_wait(*t, third).outcome == transport::append_outcome::committed);
  const auto last = t->log().last(source.journal());
  REQUIRE(last.has_value());
  CHECK(last->sequence == 3_frame);
  CHECK(last->hash == source.tail().hash);
}

TEST_CASE("a frame of another history is refused though its number fits") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("payment"));
  auto forged_tail = source.tail();
  forged_tail.hash[3] ^= 1;
  frame_source forger(genesis_of("payment"), forged_tail);
  CHECK(append_and_wait(*t, forger.next()).outcome == transport::append_outcome::conflict);
  CHECK(append_and_wait(*t, source.next()).outcome == transport::append_outcome::committed);
}

TEST_CASE("a frame of another journal is refused") {
  const auto t = make_log();
  const auto payment = open_journal(*t, genesis_of("payment"));
  auto shipping = open_journal(*t, genesis_of("shipping"));
  const auto result = append_and_wait(*t, payment.journal(), 1_frame, shipping.next());
  CHECK(result.outcome == transport::append_outcome::conflict);
}

TEST_CASE("a new owner's barrier fences the old owner") {
  const auto t = make_log();
  auto old_owner = open_journal(*t, genesis_of("shipping"));
  CHECK(append_and_wait(*t, old_owner.barrier(1)).outcome == transport::append_outcome::committed);
  CHECK(append_and_wait(*t, old_owner.next()).outcome == transport::append_outcome::committed);
  frame_source new_owner(genesis_of("shipping"), old_owner.tail());
  CHECK(append_and_wait(*t, new_owner.barrier(2)).outcome == transport::append_outcome::committed);
  CHECK(append_and_wait(*t, old_owner.next()).outcome == transport::append_outcome::conflict);
  CHECK(append_and_wait(*t, new_owner.next()).outcome == transport::append_outcome::committed);
  CHECK(read_chain(*t, new_owner.journal()).hash == new_owner.tail().hash);
}

TEST_CASE("appends in flight complete in order") {
  constexpr std::size_t count = 500;
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("orders"));
  const auto to = std::make_shared<answers>();
  for (std::size_t i = 0; i < count; ++i) {
    const auto expected = source.tail().sequence;
    append(*t, source.journal(), expected, source.next(100 + i % 1000), to);
  }
  t->wait_until([&] { return to->all.size() == count; });
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(to->all[i].sequence == frame_sequence{i + 2});
    CHECK(to->all[i].result.outcome == transport::append_outcome::committed);
  }
  CHECK(read_chain(*t, source.journal()).hash == source.tail().hash);
}

TEST_CASE("after a frame that fails, all later ones of the chain fail") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("orders"));
  auto other = open_journal(*t, genesis_of("payment"));
  std::vector<core::sealed_frame> chain;
  for (int i = 0; i < 6; ++i) {
    chain.push_back(source.next());
  }
  const auto to = std::make_shared<answers>();
  for (const std::size_t i : {0U, 1U, /* 2 is missing */ 3U, 4U, 5U}) {
    append(*t, source.journal(), preceding(chain[i].decoded->sequence()), chain[i], to);
  }
  const auto unconcerned = std::make_shared<answers>();
  append(*t, other.journal(), 1_frame, other.next(), unconcerned);
  t->wait_until([&] { return to->all.size() == 5 && unconcerned->all.size() == 1; });
  using transport::append_outcome;
  CHECK(to->all[0].result.outcome == append_outcome::committed);
  CHECK(to->all[1].result.outcome == append_outcome::committed);
  for (std::size_t i = 2; i < 5; ++i) {
    CHECK(to->all[i].result.outcome == append_outcome::conflict);
  }
  CHECK(unconcerned->all[0].result.outcome == append_outcome::committed);
  CHECK(read_chain(*t, source.journal()).sequence == 3_frame);
}

TEST_CASE("an append to a journal that is not open is not stored") {
  const auto t = make_log();
  frame_source source(genesis_of("nobody"), {1_frame, {}});
  CHECK(append_and_wait(*t, source.next()).outcome == transport::append_outcome::unavailable);
  CHECK_FALSE(t->log().last(source.journal()).has_value());
}

TEST_CASE("reads start anywhere, respect their limit and give at least one frame") {
  constexpr std::uint64_t count = 40;
  constexpr std::size_t payload = 10'000;
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("orders"));
  while (source.tail().sequence < frame_sequence{count}) {
    REQUIRE(append_and_wait(*t, source.next(payload)).outcome == transport::append_outcome::committed);
  }
  for (const bool reopened : {false, true}) {
    if (reopened) {
      t->reopen();
      (void)open_journal(*t, genesis_of("orders"));
    }
    for (std::uint64_t from = 1; from <= count; from += 3) {
      const auto one = read(*t, source.journal(), frame_sequence{from}, 1);
      REQUIRE(one.has_value());
      REQUIRE(one->size() == 1);
      CHECK(one->front()->sequence() == frame_sequence{from});
      const auto some = read(*t, source.journal(), frame_sequence{from}, 3 * payload);
      REQUIRE(some.has_value());
      CHECK(some->size() <= 4);
      CHECK(some->size() >= std::min<std::uint64_t>(2, count - from + 1));
      CHECK(some->front()->sequence() == frame_sequence{from});
    }
    const auto from_zero = read(*t, source.journal(), 0_frame, 1);
    REQUIRE(from_zero.has_value());
    REQUIRE(from_zero->size() == 1);
    CHECK(from_zero->front()->sequence() == 1_frame);
    CHECK(read_chain(*t, source.journal(), 5 * payload).hash == source.tail().hash);
  }
}

TEST_CASE("a read after the end is empty, one of an unknown journal an error or empty") {
  const auto t = make_log();
  const auto source = open_journal(*t, genesis_of("orders"));
  for (const auto from : {2_frame, 3_frame, 1000_frame}) {
    const auto found = read(*t, source.journal(), from);
    REQUIRE(found.has_value());
    CHECK(found->empty());
  }
  const auto unknown = read(*t, journal_id{12345}, 1_frame);
  CHECK((!unknown.has_value() || unknown->empty()));
}

TEST_CASE("events come back as they were written") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("orders"));
  REQUIRE(append_and_wait(*t, source.next(333)).outcome == transport::append_outcome::committed);
  t->reopen();
  (void)open_journal(*t, genesis_of("orders"));
  const auto found = read(*t, source.journal(), 2_frame);
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  REQUIRE(found->front()->event_count() == 1);
  const auto event = found->front()->event(0);
  CHECK(event.type == event_type_id{7});
  CHECK(event.payload.size() == 333);
  CHECK(std::all_of(event.payload.begin(), event.payload.end(), [](std::byte b) { return b == std::byte{1}; }));
}

TEST_CASE("a watcher learns of the newest frame, of its journal only, until it is dropped") {
  const auto t = make_log();
  auto orders = open_journal(*t, genesis_of("orders"));
  auto payment = open_journal(*t, genesis_of("payment"));
  std::vector<frame_sequence> heard;
  bool foreign = false;
  auto handle = t->log().watch(orders.journal(), [&](journal_id journal, frame_sequence last) {
    t->note([&] {
      foreign = foreign || journal != orders.journal();
      heard.push_back(last);
    });
  });
  const auto to = std::make_shared<answers>();
  constexpr std::size_t count = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = orders.tail().sequence;
    append(*t, orders.journal(), a, orders.next(), to);
    const auto b = payment.tail().sequence;
    append(*t, payment.journal(), b, payment.next(), to);
  }
  t->wait_until([&] { return !heard.empty() && heard.back() == frame_sequence{count + 1}; });
  t->wait_until([&] { return to->all.size() == 2 * count; });
  CHECK_FALSE(foreign);
  CHECK(heard.size() <= count);
  CHECK(std::is_sorted(heard.begin(), heard.end()));
  handle.reset();
  const auto calls = heard.size();
  REQUIRE(append_and_wait(*t, orders.next()).outcome == transport::append_outcome::committed);
  REQUIRE(append_and_wait(*t, orders.next()).outcome == transport::append_outcome::committed);
  CHECK(heard.size() == calls);
}

TEST_CASE("what a watcher has heard of can be read") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("orders"));
  frame_sequence heard{};
  const auto handle =
      t->log().watch(source.journal(), [&](journal_id, frame_sequence last) { t->note([&] { heard = last; }); });
  for (int i = 0; i < 50; ++i) {
    const auto to = std::make_shared<answers>();
    const auto expected = source.tail().sequence;
    append(*t, source.journal(), expected, source.next(), to);
    t->wait_until([&] { return heard == source.tail().sequence; });
    const auto found = read(*t, source.journal(), source.tail().sequence);
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 1);
    CHECK(found->front()->hash() == source.tail().hash);
    t->wait_until([&] { return to->all.size() == 1; });
  }
}

TEST_CASE("journals are listed by name, with genesis and end") {
  const auto t = make_log();
  constexpr std::uint32_t partitions = 4;
  std::vector<frame_source> sources;
  for (const auto* service : {"shipping", "inventory", "payment"}) {
    for (std::uint32_t p = 0; p < partitions; ++p) {
      auto& source = sources.emplace_back(open_journal(*t, genesis_of(service, p)));
      for (std::uint32_t i = 0; i <= p; ++i) {
        REQUIRE(append_and_wait(*t, source.next()).outcome == transport::append_outcome::committed);
      }
    }
  }
  for (const bool reopened : {false, true}) {
    if (reopened) {
      t->reopen();
    }
    const auto all = t->log().journals();
    REQUIRE(all.has_value());
    REQUIRE(all->size() == sources.size());
    CHECK((*all)[0].genesis.service == "inventory");
    CHECK((*all)[0].genesis.partition == 0);
    CHECK((*all)[7].genesis.service == "payment");
    CHECK((*all)[7].genesis.partition == 3);
    for (const auto& source : sources) {
      const auto it = std::find_if(all->begin(), all->end(), [&](const auto& j) { return j.id == source.journal(); });
      REQUIRE(it != all->end());
      CHECK(it->tail.hash == source.tail().hash);
      CHECK(it->tail.sequence == source.tail().sequence);
    }
  }
}

TEST_CASE("many journals grow at once, each its own chain") {
  const auto t = make_log();
  std::vector<frame_source> sources;
  for (std::uint32_t p = 0; p < 32; ++p) {
    auto genesis = genesis_of("orders", p);
    genesis.partitions = 32;
    sources.push_back(open_journal(*t, genesis));
  }
  const auto to = std::make_shared<answers>();
  constexpr std::size_t rounds = 30;
  for (std::size_t i = 0; i < rounds; ++i) {
    for (auto& source : sources) {
      const auto expected = source.tail().sequence;
      append(*t, source.journal(), expected, source.next(50 * (i + 1)), to);
    }
  }
  t->wait_until([&] { return to->all.size() == rounds * sources.size(); });
  CHECK(std::all_of(to->all.begin(), to->all.end(),
                    [](const auto& a) { return a.result.outcome == transport::append_outcome::committed; }));
  for (const auto& source : sources) {
    CHECK(read_chain(*t, source.journal(), 10'000).hash == source.tail().hash);
  }
}

TEST_CASE("appends under way when the log is closed are answered") {
  const auto t = make_log();
  auto source = open_journal(*t, genesis_of("orders"));
  const auto to = std::make_shared<answers>();
  constexpr std::size_t count = 50;
  for (std::size_t i = 0; i < count; ++i) {
    const auto expected = source.tail().sequence;
    append(*t, source.journal(), expected, source.next(), to);
  }
  t->reopen();
  REQUIRE(to->all.size() == count);
  (void)open_journal(*t, genesis_of("orders"));
  const auto tail = read_chain(*t, source.journal());
  for (const auto& a : to->all) {
    if (a.result.outcome == transport::append_outcome::committed) {
      CHECK(a.sequence <= tail.sequence);
    } else {
      CHECK(a.result.outcome == transport::append_outcome::unknown);
    }
  }
}

} // namespace reel::conformance
