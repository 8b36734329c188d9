// What the runtime learns of an actor.
#include "account.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sample::bank;

namespace {

reel::actor_info describe() {
  const reel::described_service bank = reel::service("bank").hosts<Account>();
  return bank.service.actors.front();
}

struct Counter { // integer key, several keys, ends
  using key = std::uint32_t;
  static std::vector<std::uint32_t> keys(const MoneyDeposited&) {
    return {3, 1, 3, 1, 2};
  }
  static std::vector<std::string> keys(const WithdrawalRefused& e) {
    return {e.account()->str(), "x", "x"};
  }
  reel::many<Counted> count(const MoneyDeposited& e, const reel::context& ctx) const {
    reel::many<Counted> result;
    for (std::uint64_t i = 0; i < e.amount(); ++i) {
      result.add(ctx.build<Counted>(
          [&](flatbuffers::FlatBufferBuilder& b) { return CreateCounted(b, static_cast<std::uint32_t>(i)); }));
    }
    return result;
  }
  void apply(const Counted&) {}
  using flow = reel::flow<reel::react<&Counter::count>, reel::until<WithdrawalRefused, Counted>>;
};

} // namespace

TEST_CASE("reactions are read from signatures") {
  const auto account = describe();
  CHECK(account.name == "Account");
  CHECK(account.fold_version == 2);
  CHECK(account.snapshots);
  REQUIRE(account.reactions.size() == 3);
  const auto& withdraw = account.reactions[0];
  CHECK(withdraw.name == "withdraw");
  CHECK(withdraw.input == reel::event_traits<TransferRequested>::id);
  CHECK(withdraw.outputs_arity == reel::arity::one_of);
  CHECK(withdraw.outputs ==
        std::vector{reel::event_traits<MoneyWithdrawn>::id, reel::event_traits<WithdrawalRefused>::id});
  CHECK(withdraw.undoes == reel::event_type_id{});
  CHECK(account.reactions[2].name == "give_back");
  CHECK(account.reactions[2].undoes == reel::event_traits<MoneyWithdrawn>::id);
  CHECK(account.reactions[2].outputs_arity == reel::arity::maybe);
  CHECK(account.folds.size() == 5);
}

TEST_CASE("a reaction publishes what it returns, and a fold evolves the state") {
  const auto account = describe();
  const auto table = account.make_table();
  static_cast<Account*>(table->touch("ann"))->balance = 10;
  reel::outbox out;
  out.add<TransferRequested>("t1", "ann", "bob", 4U);
  reel::outbox events;
  reel::published indices;
  const reel::context ctx("ann", {}, {}, {}, events, {});
  account.reactions[0].run(table->find("ann"), out.event(0).payload.data(), ctx, indices);
  REQUIRE(indices.size() == 1);
  const auto event = events.event(indices[0]);
  CHECK(event.type == reel::event_traits<MoneyWithdrawn>::id);
  const auto fold = std::find_if(account.folds.begin(), account.folds.end(),
                                 [&](const reel::fold_info& f) { return f.event == event.type; });
  REQUIRE(fold != account.folds.end());
  fold->apply(table->touch("ann"), event.payload.data());
  CHECK(static_cast<const Account*>(table->find("ann"))->balance == 6);
}

TEST_CASE("keys: integers are text, and an entity that is named twice is concerned once") {
  const reel::described_service bank = reel::service("bank").hosts<Counter>();
  const auto& counter = bank.service.actors.front();
  reel::outbox out;
  out.add<MoneyDeposited>("ann", "t1", 2U);
  out.add<WithdrawalRefused>("ann", "t1");
  reel::key_list keys;
  counter.reactions[0].keys(out.event(0).payload.data(), keys);
  CHECK(std::vector(keys.keys().begin(), keys.keys().end()) == std::vector<std::string_view>{"3", "1", "2"});
  REQUIRE(counter.ends.size() == 2);
  CHECK((counter.end_keys[1] == nullptr)); // its own event
  keys.clear();
  counter.end_keys[0](out.event(1).payload.data(), keys);
  CHECK(std::vector(keys.keys().begin(), keys.keys().end()) == std::vector<std::string_view>{"ann", "x"});
}

TEST_CASE("many repeated keys are dropped as few are") {
  reel::key_list keys;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      keys.copy(std::to_string(i));
    }
  }
  keys.drop_repeated();
  REQUIRE(keys.keys().size() == 100);
  CHECK(keys.keys()[99] == "99");
}

TEST_CASE("a context is deterministic and says what is missing") {
  reel::outbox events;
  const reel::event_id cause{reel::journal_id{1}, reel::frame_sequence{2}, 3};
  const reel::context first("ann", {}, cause, {}, events, {});
  const reel::context second("ann", {}, cause, {}, events, {});
  const reel::context other("bob", {}, cause, {}, events, {});
  const auto number = first.random();
  CHECK(number == second.random());
  CHECK(number != first.random());
  CHECK(number != other.random());
  CHECK_THROWS_WITH_AS(static_cast<void>(first.provided<bank_rules>()),
                       "the service provides no sample::bank::bank_rules; add .provides<T>(...) to it",
                       std::logic_error);
}

TEST_CASE("a choreography lists each event once, by name") {
  const auto intake = reel::source("intake").publishes<TransferRequested, MoneyDeposited>();
  const reel::choreography_info info =
      reel::choreography("bank").from(intake).with(reel::service("bank").hosts<Account>().hosts<Counter>());
  REQUIRE(info.events.size() == 7);
  CHECK(std::is_sorted(info.events.begin(), info.events.end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; }));
  CHECK(info.services.front().actors.size() == 2);
  CHECK(info.sources.front().publishes.size() == 2);
}
