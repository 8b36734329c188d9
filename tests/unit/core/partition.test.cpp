// Events in, one frame out, and the same state again from the journal.
#include "../reel/account.hpp"
#include "journal_of.hpp"

#include <doctest/doctest.h>

#include <reel/frame_generated.h>

#include <algorithm>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;
using namespace sample::bank;

namespace {

/// A till with money in it, and somebody who asks for some.
struct bank_fixture {
  bank_fixture() : bank(service("bank").hosts<Account>().provides<bank_rules>(rules())) {
    bank.live().take_ownership("me");
    bank.seal();
  }
  static std::shared_ptr<const bank_rules> rules() {
    return std::make_shared<const bank_rules>();
  }
  /// Puts money on an account, as if another transfer had.
  void fund(const std::string& account, std::uint64_t amount) {
    bank.handle(office.add<MoneyWithdrawn>("funds", std::string("vault"), std::string("t0"), account, amount).seal());
  }

  hosted bank;
  source_journal office{"office"};
};

/// Counts transfers by their amount, until an account of that limit opens.
struct Tally {
  using key = std::uint32_t;
  static std::uint32_t keys(const TransferRequested& e) {
    return static_cast<std::uint32_t>(e.amount());
  }
  static std::uint32_t keys(const AccountOpened& e) {
    return static_cast<std::uint32_t>(e.limit());
  }
  maybe<Counted> count(const TransferRequested& e, const context& ctx) const {
    if (e.to()->string_view() == "nobody") {
      throw std::runtime_error("nobody is there");
    }
    return ctx.build<Counted>(
        [&](flatbuffers::FlatBufferBuilder& b) { return CreateCounted(b, static_cast<std::uint32_t>(e.amount())); });
  }
  void apply(const Counted&) {
    ++times;
  }
  using flow = reel::flow<react<&Tally::count>, until<AccountOpened>>;
  static constexpr std::array field_names{"times"};
  std::uint32_t times = 0;
};

} // namespace

TEST_CASE_FIXTURE(bank_fixture, "inputs, events and positions are one frame, and recovery folds them") {
  fund("ann", 10);
  const auto source = office.add<TransferRequested>("t1", "t1", "ann", "bob", 4U).seal();
  bank.handle(source, 5);
  CHECK(bank.live().has_open_frame());
  CHECK(bank.live().unrecorded_inputs() == 2);
  const auto sealed = bank.seal(6);
  CHECK_FALSE(bank.live().has_open_frame());
  CHECK(bank.live().unrecorded_inputs() == 0);
  REQUIRE(sealed->event_count() == 2);
  CHECK(sealed->event(0).type == event_traits<MoneyDeposited>::id);
  CHECK(sealed->event(1).type == event_traits<MoneyWithdrawn>::id);
  CHECK(sealed->event(1).cause == event_id{office.id(), source->sequence(), 0});
  CHECK(sealed->event(1).correlation == correlation_of("t1"));
  REQUIRE(sealed->body().inputs()->size() == 1);
  CHECK(sealed->body().inputs()->Get(0)->from() == 0);
  CHECK(sealed->body().inputs()->Get(0)->to() == 3);
  CHECK(sealed->body().inputs()->Get(0)->hash() == short_hash(source->hash()));

  const auto again = bank.recovered();
  CHECK(hosted::entities(*again) == hosted::entities(bank.live()));
  CHECK(hosted::entities(*again) == std::vector<std::string>{R"(ann {"balance": 6, "withdrawals": 1})"});
  CHECK(again->handled(office.id()).sequence == source->sequence());
  CHECK(again->hash() == bank.live().hash());
  CHECK(again->counters().events == 2);
}

TEST_CASE_FIXTURE(bank_fixture, "state runs ahead of the journal by the open frame only") {
  fund("ann", 10);
  CHECK(bank.recovered()->entities(0).size() == 0);
  bank.seal();
  CHECK(bank.recovered()->entities(0).size() == 1);
}

TEST_CASE_FIXTURE(bank_fixture, "inputs that cause nothing do not force a frame, but a frame can record them") {
  bank.handle(office.add<AccountOpened>("a", "ann", "Ann", 5U).seal());
  CHECK_FALSE(bank.live().has_open_frame());
  CHECK(bank.live().unrecorded_inputs() == 1);
  bank.seal();
  CHECK(bank.recovered()->handled(office.id()).sequence == frame_sequence{2});
}

TEST_CASE_FIXTURE(bank_fixture, "what the inputs depend on becomes a dependency of the frame") {
  source_journal elsewhere{"elsewhere"};
  const auto cause = elsewhere.seal();
  fund("ann", 10);
  bank.handle(office.depends(cause).add<TransferRequested>("t1", "t1", "ann", "bob", 4U).seal());
  const auto sealed = bank.seal();
  REQUIRE(sealed->body().dependencies() != nullptr);
  REQUIRE(sealed->body().dependencies()->size() == 1); // the office's journal is an input, not named twice
  CHECK(journal_id{sealed->body().dependencies()->Get(0)->journal()} == elsewhere.id());
  CHECK(sealed->body().dependencies()->Get(0)->sequence() == 2);
  bank.handle(office.add<TransferRequested>("t2", "t2", "ann", "bob", 1U).seal());
  CHECK(bank.seal()->body().dependencies() == nullptr); // recorded once
}

TEST_CASE_FIXTURE(bank_fixture, "a journal is recovered in order, whole, and nobody else's") {
  fund("ann", 10);
  bank.seal();
  auto skipping = bank.fresh();
  CHECK(skipping->recover(*bank.journal[1]).error().code == errc::chain_broken);
  REQUIRE(skipping->recover(*bank.journal[0]).has_value());
  CHECK(skipping->recover(*bank.journal[0]).error().code == errc::chain_broken);
  bank_fixture other;
  other.fund("ann", 11);
  CHECK(skipping->recover(*other.bank.seal(9)).has_value()); // same genesis and owner, so the same first frame
  CHECK(skipping->recover(*bank.journal[1]).error().code == errc::chain_broken);
}

TEST_CASE_FIXTURE(bank_fixture, "every owner opens an epoch") {
  CHECK(bank.live().epoch() == 1);
  auto next = bank.recovered();
  next->take_ownership("another");
  const auto barrier = next->seal(at_ms(1)).decoded;
  CHECK(barrier->epoch() == 2);
  CHECK(barrier->body().owned());
  CHECK(barrier->body().owner()->string_view() == "another");
}

TEST_CASE_FIXTURE(bank_fixture, "a snapshot is the fold of the journal, and only this program's") {
  fund("ann", 10);
  bank.seal();
  const auto bytes = bank.live().snapshot();
  auto restored = bank.fresh();
  REQUIRE(restored->restore(std::as_bytes(std::span(bytes))));
  CHECK(hosted::entities(*restored) == hosted::entities(bank.live()));
  CHECK(restored->sequence() == bank.live().sequence());
  CHECK(restored->hash() == bank.live().hash());
  CHECK(restored->epoch() == bank.live().epoch());
  CHECK(restored->handled(office.id()).sequence == bank.live().handled(office.id()).sequence);

  auto damaged = bank.fresh();
  CHECK_FALSE(damaged->restore(std::as_bytes(std::span(bytes)).first(bytes.size() / 2)));
  CHECK(damaged->sequence() == frame_sequence{});
  hosted other{service("bank").hosts<Tally>()};
  CHECK_FALSE(other.live().restore(std::as_bytes(std::span(bytes))));
}

TEST_CASE("a reaction that throws is a dead letter of its entity, and the partition goes on") {
  hosted tally{service("tally").hosts<Tally>().retries({.attempts = 1})};
  source_journal office{"office"};
  const auto f = office.add<TransferRequested>("t1", "t1", "ann", "nobody", 4U)
                     .add<TransferRequested>("t2", "t2", "ann", "bob", 5U)
                     .seal();
  tally.handle(f);
  const auto sealed = tally.seal();
  CHECK(sealed->event_count() == 1);
  REQUIRE(tally.live().pending().dead() == 1);
  CHECK(tally.live().pending().live() == 0);
  CHECK_FALSE(tally.live().next_due());
  const auto again = tally.recovered();
  REQUIRE(again->pending().dead() == 1);
  const auto& letter = again->pending().entries().begin()->second;
  CHECK(letter.dead);
  CHECK(letter.error == "nobody is there");
  CHECK(letter.key == "4");
  CHECK(letter.event == event_id{office.id(), f->sequence(), 0});
}

TEST_CASE("an entity that ended in the middle of a frame starts afresh, live and recovered") {
  hosted tally{service("tally").hosts<Tally>()};
  source_journal office{"office"};
  tally.handle(office.add<TransferRequested>("t1", "t1", "ann", "bob", 5U)
                   .add<TransferRequested>("t2", "t2", "ann", "bob", 5U)
                   .add<AccountOpened>("a1", "ann", "Ann", 5U)
                   .add<TransferRequested>("t3", "t3", "ann", "bob", 5U)
                   .add<TransferRequested>("t4", "t4", "ann", "bob", 6U)
                   .seal());
  tally.handle(office.add<AccountOpened>("a2", "bob", "Bob", 6U).seal());
  tally.seal();
  CHECK(hosted::entities(tally.live()) == std::vector<std::string>{R"(5 {"times": 1})"});
  CHECK(hosted::entities(*tally.recovered()) == hosted::entities(tally.live()));
}

TEST_CASE("a source records its events and how far it has read, together") {
  const described_service none = service("intake");
  const described_source intake = source("intake").publishes<TransferRequested>();
  event_registry registry(intake.events);
  partition p(none.service, registry, {"test", 1, "intake", 0, 1});
  p.take_ownership("me");
  const auto barrier = p.seal(at_ms(1)).decoded;
  outbox events;
  events.add<TransferRequested>("t1", "ann", "bob", 4U);
  p.ingest(events, at_ms(2));
  p.set_ingress({"orders.csv", 1, true});
  const auto sealed = p.seal(at_ms(3)).decoded;
  REQUIRE(sealed->event_count() == 1);
  CHECK(sealed->event(0).cause.sequence == frame_sequence{});
  CHECK(sealed->event(0).correlation == correlation_of("t1"));
  partition again(none.service, registry, {"test", 1, "intake", 0, 1});
  REQUIRE(again.recover(*barrier).has_value());
  REQUIRE(again.recover(*sealed).has_value());
  CHECK(again.ingress("orders.csv").offset == 1);
  CHECK(again.ingress("orders.csv").complete);
  CHECK(again.ingress("other.csv").offset == 0);
}

TEST_CASE("a source remembers each of its inputs, in its frames and in snapshots") {
  const described_service none = service("intake");
  const described_source intake = source("intake").publishes<TransferRequested>();
  event_registry registry(intake.events);
  const genesis_record genesis{"test", 1, "intake", 0, 1};
  partition p(none.service, registry, genesis);
  p.take_ownership("me");
  std::vector<std::shared_ptr<const frame>> frames{p.seal(at_ms(1)).decoded};
  for (const ingress_mark& mark : {ingress_mark{"one", 10, false}, {"two", 5, true}, {"one", 20, true}}) {
    p.set_ingress(mark);
    frames.push_back(p.seal(at_ms(2)).decoded);
  }
  partition recovered(none.service, registry, genesis);
  for (const auto& frame : frames)
    REQUIRE(recovered.recover(*frame).has_value());
  partition restored(none.service, registry, genesis);
  const auto saved = recovered.snapshot();
  REQUIRE(restored.restore(std::as_bytes(std::span(saved))));
  for (const auto* each : {&p, &recovered, &restored}) {
    REQUIRE(each->inputs_read().size() == 2);
    CHECK(each->inputs_read().back().input == "one"); // the newest
    CHECK(each->ingress("one").offset == 20);
    CHECK(each->ingress("one").complete);
    CHECK(each->ingress("two").offset == 5);
    CHECK(each->ingress("two").complete);
    CHECK_FALSE(each->ingress("three").complete);
  }
}

TEST_CASE("time never runs backwards in a journal") {
  hosted tally{service("tally").hosts<Tally>()};
  const auto first = tally.seal(10);
  const auto second = tally.seal(3);
  CHECK(second->time() == first->time());
}
