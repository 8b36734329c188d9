// A reaction that throws is tried again, in order for its entity, and the journal alone is enough to go on.
#include "../reel/account.hpp"
#include "core/backoff.hpp"
#include "journal_of.hpp"

#include <doctest/doctest.h>

#include <reel/frame_generated.h>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;
using namespace sample::bank;
using std::chrono::operator""ms;

namespace {

constexpr std::size_t plenty = 1 << 20;

/// Counts transfers by their amount; the test decides which reactions throw.
struct Tally {
  using key = std::uint32_t;
  static std::uint32_t keys(const TransferRequested& e) {
    return static_cast<std::uint32_t>(e.amount());
  }
  static std::uint32_t keys(const AccountOpened& e) {
    return static_cast<std::uint32_t>(e.limit());
  }
  maybe<Counted> count(const TransferRequested& e, const context& ctx) const {
    return ctx.build<Counted>([&](flatbuffers::FlatBufferBuilder& b) {
      return CreateCounted(b, static_cast<std::uint32_t>(e.amount()), sample::Currency::euro, times);
    });
  }
  void apply(const Counted&) {
    ++times;
  }
  using flow = reel::flow<react<&Tally::count>, until<AccountOpened>>;
  static constexpr std::array field_names{"times"};
  std::uint32_t times = 0;
};

constexpr retry_policy policy{.attempts = 3, .first = 100ms, .factor = 2, .cap = 1000ms, .jitter = 0};

struct retrying {
  retrying() {
    tally.live().interpose([this](const delivery& d, const event_view&) { maybe_throw(d); });
  }
  void maybe_throw(const delivery& d) const {
    if (d.key == failing) {
      throw std::runtime_error("the till is stuck");
    }
  }
  void ask(std::initializer_list<std::uint64_t> amounts, int ms) {
    for (const auto amount : amounts) {
      office.add<TransferRequested>("t", "t" + std::to_string(amount), "ann", "bob", amount);
    }
    tally.handle(office.seal(), ms);
  }
  /// What has been published, by entity.
  [[nodiscard]] std::vector<std::string> published() const {
    std::vector<std::string> keys;
    for (const auto& f : tally.journal) {
      for (std::size_t i = 0; i < f->event_count(); ++i) {
        key_list found;
        tally.registry().find(f->event(i).type)->key(f->event(i).payload.data(), found);
        keys.emplace_back(found.keys().front());
      }
    }
    return keys;
  }
  void run(int ms) {
    tally.live().run_due(at_ms(ms), plenty);
    if (tally.live().has_open_frame()) {
      tally.seal(ms);
    }
  }

  hosted tally{service("tally").hosts<Tally>().retries(policy)};
  source_journal office{"office"};
  std::string failing = "5";
};

} // namespace

TEST_CASE("the delay grows by the factor up to the cap, and jitter stays within its share") {
  CHECK(backoff(policy, 1, 0) == 100ms);
  CHECK(backoff(policy, 2, 7) == 200ms);
  CHECK(backoff(policy, 20, 7) == 1000ms);
  auto jittered = policy;
  jittered.jitter = 0.5;
  for (std::uint64_t seed = 0; seed < 5000; seed += 7) {
    CHECK(backoff(jittered, 1, seed) >= 50ms);
    CHECK(backoff(jittered, 1, seed) <= 150ms);
  }
  CHECK(backoff(jittered, 1, 1) != backoff(jittered, 1, 500));
}

TEST_CASE_FIXTURE(retrying, "what comes for the entity waits behind the event that failed, and the others go on") {
  ask({5, 6}, 0);
  ask({5, 7, 5}, 10);
  tally.seal(10);
  CHECK(published() == std::vector<std::string>{"6", "7"});
  CHECK(tally.live().pending().live() == 3);
  CHECK(tally.live().next_due() == at_ms(100));

  run(99);
  CHECK(published().size() == 2);
  failing.clear();
  run(100);
  CHECK(published() == std::vector<std::string>{"6", "7", "5", "5", "5"});
  CHECK(tally.live().pending().live() == 0);
  CHECK_FALSE(tally.live().next_due());
  ask({5}, 110);
  CHECK(tally.live().has_open_frame());
  CHECK(tally.live().counters().retries == 1);
}

TEST_CASE_FIXTURE(retrying, "after the last attempt the event is a dead letter, and the next one has its turn") {
  ask({5, 5}, 0);
  tally.seal();
  run(100); // second attempt
  CHECK(tally.live().next_due() == at_ms(300));
  run(300); // third and last; the one behind it gets its first
  CHECK(tally.live().pending().dead() == 1);
  CHECK(tally.live().pending().live() == 1);
  CHECK(tally.live().next_due() == at_ms(400));
  failing.clear();
  run(400);
  CHECK(published() == std::vector<std::string>{"5"});
  CHECK(tally.live().pending().dead() == 1);
  const auto& letter = tally.live().pending().entries().begin()->second;
  CHECK(letter.attempts == 3);
  CHECK(letter.error == "the till is stuck");
}

TEST_CASE_FIXTURE(retrying, "a recovered partition goes on where the journal ends, at the same time") {
  ask({5, 6}, 0);
  ask({5}, 10);
  tally.seal(10);
  run(100);
  const auto again = tally.recovered();
  CHECK(again->pending().live() == 2);
  CHECK(again->next_due() == tally.live().next_due());
  CHECK(again->next_due() == at_ms(300));
  const auto snapshot = tally.live().snapshot();
  const auto restored = tally.fresh();
  REQUIRE(restored->restore(std::as_bytes(std::span(snapshot))));
  CHECK(restored->next_due() == at_ms(300));
  again->run_due(at_ms(1000), plenty); // late rather than never; nothing throws there
  const auto f = again->seal(at_ms(1000)).decoded;
  CHECK(f->event_count() == 2);
  CHECK(f->event(0).cause == event_id{office.id(), frame_sequence{2}, 0});
  CHECK(f->event(1).cause == event_id{office.id(), frame_sequence{3}, 0});
  REQUIRE(f->body().pending_settled() != nullptr);
  CHECK(f->body().pending_settled()->size() == 2);
  tally.journal.push_back(f);
  CHECK(tally.recovered()->pending().entries().empty());
}

TEST_CASE_FIXTURE(retrying, "the end of an entity waits its turn, too") {
  ask({5, 5}, 0);
  tally.handle(office.add<AccountOpened>("a", "ann", "Ann", 5U).seal(), 1);
  tally.seal(1);
  failing.clear();
  run(100);
  CHECK(published() == std::vector<std::string>{"5", "5"});
  CHECK(hosted::entities(tally.live()).empty());
  CHECK(hosted::entities(*tally.recovered()).empty());
}

TEST_CASE_FIXTURE(retrying, "retries stop when the frame is full, and go on in the next one") {
  ask({5, 5, 5, 5}, 0);
  tally.seal();
  failing.clear();
  tally.live().run_due(at_ms(100), 1);
  tally.seal(100);
  CHECK(published().size() == 1);
  CHECK(tally.live().next_due() <= at_ms(100));
  run(100);
  CHECK(published().size() == 4);
}

TEST_CASE("a program that lacks the reaction makes dead letters of what waited for it") {
  retrying one;
  one.ask({5}, 0);
  one.tally.seal();
  hosted other{service("tally").hosts<Account>()};
  auto p = other.fresh();
  REQUIRE(p->recover(*one.tally.journal[0]).has_value());
  p->run_due(at_ms(100), plenty);
  CHECK(p->pending().dead() == 1);
  CHECK(p->pending().entries().begin()->second.error == "this program has no reaction Tally.count");
}

TEST_CASE("a reaction may have a policy of its own") {
  const described_service s = service("tally").hosts<Tally>().retries(policy).retries<&Tally::count>({.attempts = 1});
  hosted tally{s};
  source_journal office{"office"};
  tally.live().interpose([](const delivery&, const event_view&) { throw std::runtime_error("no"); });
  tally.handle(office.add<TransferRequested>("t", "t", "ann", "bob", 1U).seal());
  CHECK(tally.live().pending().dead() == 1);
  CHECK_THROWS_AS((void)service("bank").retries<&Tally::count>(policy), std::invalid_argument);
}

TEST_CASE_FIXTURE(retrying, "a redriven dead letter runs again, a discarded one is gone, and the journal says who") {
  ask({5}, 0);
  tally.seal();
  run(100);
  run(300);
  REQUIRE(tally.live().pending().dead() == 1);
  const auto number = tally.live().pending().entries().begin()->first;
  CHECK(tally.live().decide({number + 1, decision_kind::redrive, "ann", "why"}, at_ms(400)).error().code ==
        errc::invalid);
  SUBCASE("redrive") {
    REQUIRE(tally.live().decide({number, decision_kind::redrive, "ann", "the till is repaired"}, at_ms(400)));
    CHECK_FALSE(tally.live().decide({number, decision_kind::redrive, "ann", "twice"}, at_ms(400)).has_value());
    const auto f = tally.seal(400);
    REQUIRE(f->body().decisions() != nullptr);
    CHECK(f->body().decisions()->Get(0)->by()->string_view() == "ann");
    CHECK(f->body().decisions()->Get(0)->reason()->string_view() == "the till is repaired");
    CHECK(tally.recovered()->pending().live() == 1);
    failing.clear();
    run(400);
    CHECK(published() == std::vector<std::string>{"5"});
  }
  SUBCASE("redrive of what still fails") {
    REQUIRE(tally.live().decide({number, decision_kind::redrive, "ann", "try"}, at_ms(400)));
    run(400);
    CHECK(tally.live().pending().entries().at(number).attempts == 1);
    CHECK(tally.live().next_due() == at_ms(500));
  }
  SUBCASE("discard") {
    REQUIRE(tally.live().decide({number, decision_kind::discard, "ann", "obsolete"}, at_ms(400)));
    tally.seal(400);
    CHECK(tally.live().pending().entries().empty());
    CHECK(published().empty());
  }
  CHECK(tally.recovered()->pending().entries().size() == tally.live().pending().entries().size());
}
