// Clocks, the causal gate and routing: which frame is next, and whom its events concern.
#include "../reel/account.hpp"
#include "core/causal_gate.hpp"
#include "journal_of.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;
using namespace sample::bank;

namespace {

constexpr journal_id left{1};
constexpr journal_id right{2};

std::shared_ptr<const routed_frame> whole(const std::shared_ptr<const frame>& f) {
  auto routed = std::make_shared<routed_frame>();
  routed->source = f;
  return routed;
}

position position_of(const std::shared_ptr<const frame>& f) {
  return {f->sequence(), short_hash(f->hash())};
}

} // namespace

TEST_CASE("a clock only moves forward, and says once what has moved") {
  vector_clock clock;
  CHECK(clock.advance(left, {frame_sequence{3}, 33}));
  CHECK_FALSE(clock.advance(left, {frame_sequence{2}, 22}));
  CHECK(clock.at(left).sequence == frame_sequence{3});
  CHECK(clock.at(left).hash == 33);
  CHECK(clock.at(right).sequence == frame_sequence{});
  std::vector<journal_id> moved;
  const auto note = [&](const vector_clock::entry& e) { moved.push_back(e.journal); };
  clock.record(note);
  clock.record(note);
  CHECK(moved == std::vector{left});
  clock.advance(right, {frame_sequence{1}, 11});
  clock.advance(left, {frame_sequence{4}, 44});
  clock.mark_recorded();
  clock.record(note);
  CHECK(moved == std::vector{left});
}

TEST_CASE("the gate hands out a frame only after what it depends on") {
  source_journal cause{"cause"};
  source_journal effect{"effect"};
  const auto step = cause.seal();
  const auto undoing = effect.depends(step).seal();
  causal_gate gate;
  gate.add_lane(cause.id(), position_of(cause.frames.front()));
  gate.add_lane(effect.id(), position_of(effect.frames.front()));
  CHECK(gate.offer(whole(undoing)));
  CHECK(gate.next().value() == nullptr);
  CHECK(gate.waiting() == 1);
  CHECK(gate.offer(whole(step)));
  CHECK(gate.next().value()->source == step);
  CHECK(gate.next().value()->source == undoing);
  CHECK(gate.next().value() == nullptr);
  CHECK(gate.waiting() == 0);
  CHECK(gate.handled(effect.id()).sequence == undoing->sequence());
}

TEST_CASE("a dependency on a journal that nobody reads here holds up nobody") {
  source_journal unread{"unread"};
  source_journal effect{"effect"};
  const auto f = effect.depends(unread.seal()).seal();
  causal_gate gate;
  gate.add_lane(effect.id(), position_of(effect.frames.front()));
  gate.offer(whole(f));
  CHECK(gate.next().value()->source == f);
}

TEST_CASE("a dependency on another history of a journal is an error, not a wait") {
  source_journal one{"cause"};
  source_journal other{"cause"};
  other.add<TransferRequested>("t", "t", "ann", "bob", 1U);
  source_journal effect{"effect"};
  const auto f = effect.depends(other.seal()).seal();
  causal_gate gate;
  gate.add_lane(one.id(), position_of(one.seal()));
  gate.add_lane(effect.id(), position_of(effect.frames.front()));
  gate.offer(whole(f));
  CHECK(gate.next().error().code == errc::chain_broken);
}

TEST_CASE("frames that were handled are dropped, and a gap is the reader's fault") {
  source_journal j{"cause"};
  const auto second = j.seal();
  const auto third = j.seal();
  causal_gate gate;
  gate.add_lane(j.id(), position_of(j.frames.front()));
  CHECK_FALSE(gate.offer(whole(j.frames.front())));
  CHECK_THROWS_AS(gate.offer(whole(third)), std::logic_error);
  CHECK(gate.offer(whole(second)));
  CHECK_FALSE(gate.offer(whole(second)));
  source_journal stranger{"stranger"};
  CHECK_THROWS_AS(gate.offer(whole(stranger.frames.front())), std::logic_error);
}

TEST_CASE("lanes take turns") {
  source_journal a{"a"};
  source_journal b{"b"};
  causal_gate gate;
  gate.add_lane(a.id(), {});
  gate.add_lane(b.id(), {});
  for (int i = 0; i < 3; ++i) {
    a.seal();
    b.seal();
  }
  for (std::size_t i = 0; i < 4; ++i) {
    gate.offer(whole(a.frames[i]));
    gate.offer(whole(b.frames[i]));
  }
  for (int i = 0; i < 4; ++i) {
    const auto first = gate.next().value()->source->journal();
    CHECK(gate.next().value()->source->journal() != first);
  }
}

TEST_CASE("routing finds the reactions, and spreads entities over partitions by their key alone") {
  const described_service bank = service("bank").hosts<Account>();
  event_registry registry([&] {
    auto events = bank.events;
    std::sort(events.begin(), events.end(), [](const auto& x, const auto& y) { return x.name < y.name; });
    events.erase(
        std::unique(events.begin(), events.end(), [](const auto& x, const auto& y) { return x.name == y.name; }),
        events.end());
    return events;
  }());
  constexpr std::uint32_t partitions = 4;
  router routes(bank.service, registry, partitions);
  CHECK(routes.wants(event_traits<TransferRequested>::id));
  CHECK_FALSE(routes.wants(event_traits<WithdrawalRefused>::id));
  CHECK_FALSE(routes.wants(event_traits<AccountOpened>::id)); // not even known

  source_journal office{"office"};
  for (int i = 0; i < 100; ++i) {
    office.add<TransferRequested>("t", "t", "ann" + std::to_string(i), "bob", 1U);
  }
  office.add<AccountOpened>("a", "zoe", "Zoe", 1U);
  const auto routed = routes.route(office.seal());
  REQUIRE(routed.size() == partitions);
  std::size_t deliveries = 0;
  for (std::uint32_t p = 0; p < partitions; ++p) {
    CHECK(routed[p]->deliveries.size() > 10);
    for (const auto& d : routed[p]->deliveries) {
      CHECK(partition_of(d.key, partitions) == p);
      CHECK(bank.service.actors[d.actor].reactions[d.reaction].name == "withdraw");
    }
    deliveries += routed[p]->deliveries.size();
  }
  CHECK(deliveries == 100);
}
