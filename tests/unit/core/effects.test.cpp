// What a partition owes the world: from the commit of what asks for it to the commit of what came of it, and never
// forgotten in between.
#include "../reel/account.hpp"
#include "journal_of.hpp"
#include "teller.hpp"

#include <doctest/doctest.h>

#include <reel/frame_generated.h>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;
using namespace sample::bank;

namespace {

effect_result answered(const event_id& event, std::uint64_t amount) {
  return {event, std::make_shared<const receipt>(receipt{amount}), std::nullopt};
}

effect_result failed(const event_id& event, std::string why) {
  return {event, nullptr, effect_failure{std::move(why), false, 3}};
}

struct owing {
  owing() {
    bank.handle(office.add<TransferRequested>("t", "t1", "ann", "bob", 5U).seal());
    asked = bank.seal();
    event = asked->event(0).id;
  }
  [[nodiscard]] static frame_sequence before(frame_sequence sequence) {
    return frame_sequence{static_cast<std::uint64_t>(sequence) - 1};
  }
  [[nodiscard]] std::vector<std::string> types(const frame& f) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < f.event_count(); ++i) {
      const auto name = bank.registry().find(f.event(i).type)->name;
      names.emplace_back(name.substr(name.rfind('.') + 1));
    }
    return names;
  }

  hosted bank{service("bank").hosts<Teller>()};
  source_journal office{"office"};
  std::shared_ptr<const frame> asked;
  event_id event;
};

} // namespace

TEST_CASE_FIXTURE(owing, "an effect is handed over when its event is committed, not before, and once") {
  CHECK(asked->event(0).owes);
  CHECK(bank.live().owed().size() == 1);
  CHECK(bank.live().take_effects(before(asked->sequence())).empty());
  const auto owed = bank.live().take_effects(asked->sequence());
  REQUIRE(owed.size() == 1);
  CHECK(owed[0]->event == event);
  CHECK(owed[0]->key == "ann");
  CHECK(bank.live().take_effects(asked->sequence()).empty());
}

TEST_CASE_FIXTURE(owing, "after a crash it is handed over again, with the same key") {
  const auto key = idempotency_key("bank/0", *bank.live().take_effects(asked->sequence()).at(0));
  const auto again = bank.recovered()->take_effects(frame_sequence{});
  REQUIRE(again.size() == 1);
  CHECK(idempotency_key("bank/0", *again[0]) == key);
  CHECK(key.starts_with("bank/0:1.0-"));
  CHECK(key.find(' ') == std::string::npos);
}

TEST_CASE_FIXTURE(owing, "the outcome and the settlement are one frame, and a second outcome is ignored and counted") {
  CHECK(bank.live().settle(answered(event, 5), at_ms(7)));
  CHECK_FALSE(bank.live().settle(answered(event, 5), at_ms(8)));
  const auto f = bank.seal(9);
  CHECK(types(*f) == std::vector<std::string>{"MoneyDeposited"});
  CHECK(f->event(0).cause == event);
  CHECK(f->event(0).correlation == asked->event(0).correlation);
  REQUIRE(f->body().effects_settled() != nullptr);
  CHECK(f->body().effects_settled()->size() == 1);
  CHECK(bank.live().counters().ignored == 1);
  CHECK(bank.live().owed().size() == 0);
  CHECK(bank.recovered()->owed().size() == 0);
  CHECK(hosted::entities(*bank.recovered()) == hosted::entities(bank.live()));
}

TEST_CASE_FIXTURE(owing, "nothing is called that was settled before it was handed over") {
  CHECK(bank.live().settle(answered(event, 5), at_ms(7)));
  CHECK(bank.live().take_effects(asked->sequence()).empty());
}

TEST_CASE_FIXTURE(owing, "what is owed is in the snapshot") {
  const auto bytes = bank.live().snapshot();
  auto p = bank.fresh();
  REQUIRE(p->restore(std::as_bytes(std::span(bytes))));
  const auto owed = p->take_effects(frame_sequence{});
  REQUIRE(owed.size() == 1);
  CHECK(owed[0]->hash == short_hash(asked->hash()));
  CHECK(owed[0]->event == event);
  CHECK(p->settle(answered(event, 5), at_ms(7)));
}

TEST_CASE_FIXTURE(owing, "an effect that is given up becomes a dead letter, and redriving it asks the world again") {
  const auto first = bank.live().take_effects(asked->sequence()).at(0);
  SUBCASE("because the world does not answer") {
    CHECK(bank.live().settle(failed(event, "nobody home"), at_ms(7)));
    CHECK(bank.live().pending().entries().begin()->second.error == "nobody home");
    CHECK(bank.live().pending().entries().begin()->second.attempts == 3);
  }
  SUBCASE("because its conclusion throws") {
    CHECK(bank.live().settle(answered(event, 13), at_ms(7)));
    CHECK(bank.live().pending().entries().begin()->second.error == "thirteen");
  }
  bank.seal();
  CHECK(bank.live().owed().size() == 0);
  REQUIRE(bank.live().pending().dead() == 1);
  const auto letter = bank.live().pending().entries().begin()->second;
  CHECK(letter.reaction == "send");
  CHECK(bank.recovered()->pending().dead() == 1);

  REQUIRE(bank.live().decide({letter.number, decision_kind::redrive, "ann", "they are back"}, at_ms(10)));
  bank.live().run_due(at_ms(10), 1 << 20);
  const auto f = bank.seal(10);
  const auto again = bank.live().take_effects(f->sequence());
  REQUIRE(again.size() == 1);
  CHECK(idempotency_key("bank/0", *again[0]) == idempotency_key("bank/0", *first));
  CHECK(bank.live().pending().entries().empty());
  const auto recovered = bank.recovered()->take_effects(frame_sequence{});
  REQUIRE(recovered.size() == 1);
  CHECK(idempotency_key("bank/0", *recovered[0]) == idempotency_key("bank/0", *first));

  CHECK(bank.live().settle(answered(event, 5), at_ms(11)));
  CHECK(types(*bank.seal(11)) == std::vector<std::string>{"MoneyDeposited"});
  CHECK(bank.recovered()->owed().size() == 0);
}

TEST_CASE_FIXTURE(owing, "a dead letter that is discarded is not called again") {
  CHECK(bank.live().settle(failed(event, "nobody home"), at_ms(7)));
  bank.seal();
  const auto number = bank.live().pending().entries().begin()->first;
  REQUIRE(bank.live().decide({number, decision_kind::discard, "ann", "obsolete"}, at_ms(10)));
  bank.seal();
  CHECK(bank.live().owed().size() == 0);
  CHECK(bank.recovered()->owed().size() == 0);
  CHECK(bank.recovered()->pending().entries().empty());
}

TEST_CASE_FIXTURE(owing, "what an earlier program promised and this one cannot do is a dead letter") {
  hosted other{service("bank").hosts<Account>()};
  auto p = other.fresh();
  REQUIRE(p->recover(*bank.journal[0]).has_value());
  p->take_ownership("later");
  CHECK(p->owed().size() == 0);
  REQUIRE(p->pending().dead() == 1);
  CHECK(p->pending().entries().begin()->second.error == "this program has no effect for the event that asks for it");
}

TEST_CASE("an effect that gives up by itself publishes what it says then") {
  hosted bank{service("bank").hosts<CautiousTeller>()};
  source_journal office{"office"};
  bank.handle(office.add<TransferRequested>("t", "t1", "ann", "bob", 5U).seal());
  const auto asked = bank.seal();
  CHECK(bank.live().settle(failed(asked->event(0).id, "nobody home"), at_ms(7)));
  const auto f = bank.seal();
  const auto& refused = *flatbuffers::GetRoot<DepositRefused>(f->event(0).payload.data());
  CHECK(refused.transfer()->string_view() == "nobody home");
  CHECK(bank.live().pending().entries().empty());
  CHECK(bank.live().counters().given_up == 1);
}

TEST_CASE("an event asks for one effect, and its limits are those of its call") {
  CHECK_THROWS_AS((void)service("bank").effects<&Teller::send>({}), std::invalid_argument);
  const described_service s = service("bank").hosts<Teller>().effects<&Teller::send>({.in_flight = 2});
  CHECK(s.service.actors[0].reactions[1].effect->policy->in_flight == 2);
}
