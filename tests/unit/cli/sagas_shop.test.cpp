#include "cli/saga_fold.hpp"
#include "cli/sagas_command.hpp"
#include "core/dependencies.hpp"
#include "shop_run.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace reel;
using namespace reel::test;

namespace {

/// What is open, in a form that does not depend on the order in which concurrent frames were seen.
struct comparable {
  core::saga_state state{};
  std::multiset<core::type_index> events;
  std::set<std::string> waiting;
  core::owed_steps owed;
  std::vector<core::watched_timer> deadlines;
  timestamp started{};
  timestamp last{};

  friend bool operator==(const comparable&, const comparable&) = default;
};

std::map<std::string, comparable> open_of(const core::saga_ledger& ledger, shop_run& run) {
  const auto lookup = [&run](const event_id& id) {
    return run.log.journals_.at(id.journal).frames.at(static_cast<std::size_t>(id.sequence) - 1);
  };
  std::map<std::string, comparable> result;
  for (const auto& status : core::saga_reader{ledger, lookup}.open_sagas()) {
    comparable seen{status.state,
                    {status.content.events.begin(), status.content.events.end()},
                    {},
                    status.owed,
                    status.content.deadlines,
                    status.content.started,
                    status.content.last};
    for (const auto& w : status.waiting)
      for (const auto& partition : w.partitions)
        seen.waiting.insert(partition + " " + std::string{w.reaction} + " " + std::to_string(w.event));
    CHECK(result.emplace(status.content.key, std::move(seen)).second);
  }
  return result;
}

/// Frames with causes before effects; among those that may come, another one with each seed.
transport::frames some_causal_order(const memory_log& log, std::uint64_t seed) {
  std::map<journal_id, std::size_t> taken;
  transport::frames result;
  demo::split_mix random{seed};
  for (;;) {
    transport::frames ready;
    for (const auto& [id, journal] : log.journals_) {
      if (taken[id] == journal.frames.size())
        continue;
      bool may_come = true;
      core::for_each_dependency(*journal.frames[taken[id]], [&](const core::dependency& d) {
        may_come = may_come && (d.journal == id || taken[d.journal] >= static_cast<std::size_t>(d.sequence));
      });
      if (may_come)
        ready.push_back(journal.frames[taken[id]]);
    }
    if (ready.empty())
      return result;
    result.push_back(ready[random.below(static_cast<std::uint32_t>(ready.size()))]);
    ++taken[result.back()->journal()];
  }
}

} // namespace

TEST_CASE("the saga ledger is the same for every causal order, and when it is saved and loaded on the way") {
  shop_run run{{.payment_failures = 0.2, .shipping_failures = 0.2, .seed = 5, .unpaid = 0.2}, 2};
  run.lag_percent = 60;
  run.away_percent = 10;
  run.cancel_distance = 2;
  run.take_in({150, 5, 300'000}, 4); // and stops in the middle
  std::size_t frames = 0;
  const auto journals = run.log.journals();
  const core::saga_map map{run.choreography, run.registry, cli::ledger_journals(*journals)};
  core::saga_ledger first{map};
  for (const auto& f : some_causal_order(run.log, 1))
    first.observe(*f);
  const auto expected = open_of(first, run);
  CHECK(expected.size() > 20);
  CHECK(
      std::any_of(expected.begin(), expected.end(), [](const auto& entry) { return !entry.second.deadlines.empty(); }));
  CHECK(std::any_of(expected.begin(), expected.end(),
                    [](const auto& entry) { return entry.second.state == core::saga_state::compensating; }));
  for (const std::uint64_t seed : {2, 3, 4, 5, 6}) {
    core::saga_ledger ledger{map};
    for (const auto& f : some_causal_order(run.log, seed)) {
      ledger.observe(*f);
      if (++frames % 7 == 0) {
        core::saga_ledger loaded{map};
        REQUIRE(loaded.load(ledger.save()));
        CHECK(loaded.save().size() == ledger.save().size());
        ledger = std::move(loaded);
      }
    }
    CHECK(open_of(ledger, run) == expected);
    CHECK(ledger.ended() == first.ended());
    CHECK(ledger.drift().empty());
  }
  run.run_to_end();
  core::saga_ledger whole{map};
  for (const auto& f : some_causal_order(run.log, 7))
    whole.observe(*f);
  CHECK(open_of(whole, run).empty());
  std::uint64_t ended = 0;
  for (const auto& [type, count] : whole.ended())
    ended += count;
  CHECK(ended == 150);
}

TEST_CASE("a ledger that bytes do not fit stays as it was") {
  shop_run run{{0.2, 0.2, 5}, 1};
  run.take_in({20, 5, 0}, 4);
  const auto journals = run.log.journals();
  const core::saga_map map{run.choreography, run.registry, cli::ledger_journals(*journals)};
  core::saga_ledger ledger{map};
  for (const auto& f : some_causal_order(run.log, 1))
    ledger.observe(*f);
  const auto bytes = ledger.save();
  for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
    core::saga_ledger fresh{map};
    if (!fresh.load(bytes.substr(0, cut)))
      CHECK(fresh.size() == 0);
  }
  CHECK_FALSE(core::saga_ledger{map}.load("not a ledger at all, only some text"));
}

TEST_CASE("an order whose payment is awaited shows its deadline, and what happens then") {
  shop_run run{{.unpaid = 1.0, .time_to_pay = std::chrono::minutes(15)}, 1};
  run.take_in({.orders = 1, .seed = 1}, 1);
  for (int i = 0; i < 20; ++i)
    run.step();
  cli::saga_fold fold{run.log, run.choreography};
  REQUIRE(fold.open({}));
  REQUIRE(fold.advance());
  const auto sagas = fold.reader().open_sagas();
  REQUIRE(sagas.size() == 1);
  CHECK(sagas.front().state == core::saga_state::running); // not stalled: it goes on by itself
  REQUIRE(sagas.front().content.deadlines.size() == 1);
  const auto due = sagas.front().content.deadlines.front().due;
  const auto overview = cli::overview_of(fold, {}, due - std::chrono::minutes(12));
  const auto text = cli::sagas_text(fold, overview, false);
  CHECK_MESSAGE(text.find("its deadline") != std::string::npos, text);
  CHECK_MESSAGE(text.find("PaymentTimedOut in 12 min") != std::string::npos, text);
  CHECK(cli::saga_text(fold, sagas.front(), due + std::chrono::seconds(5), false).find("PaymentTimedOut 5 s late") !=
        std::string::npos);
  const auto json = nlohmann::json::parse(cli::sagas_json(fold, overview));
  const auto& deadline = json["sagas"][0]["deadline"];
  CHECK(deadline["event"] == "shop.payment.PaymentTimedOut");
  CHECK(deadline["service"] == "payment");
  CHECK(deadline["then"] == nlohmann::json{"shop.inventory.InventoryReleased"});
  run.run_to_end();
  REQUIRE(fold.advance());
  CHECK(fold.reader().open_sagas().empty());
  CHECK(fold.ledger().timers().armed() == 0);
  CHECK(fold.ledger().drift().empty());
}
