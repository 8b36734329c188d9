// Deadlines: the journal alone knows what is armed, nothing passes early, twice or not at all.
#include "core/timer_set.hpp"
#include "journal_of.hpp"

#include <reel/frame_generated.h>
#include <sample/bank_events.hpp>

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;
using namespace sample::bank;
using std::chrono::operator""ms;

namespace {

constexpr std::size_t plenty = 1 << 20;

/// A withdrawal that is asked for and not done in 100 ms is refused; money that is withdrawn and not deposited in time
/// comes back. The amount says in how many milliseconds.
struct Hold {
  using key = std::string;
  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }
  static std::string_view keys(const DepositRefused& e) {
    return e.from()->string_view();
  }
  static std::string_view keys(const AccountOpened& e) {
    return e.account()->string_view();
  }

  maybe<MoneyWithdrawn> withdraw(const TransferRequested& e, const context& ctx) const {
    if (e.amount() == 0) {
      return {};
    }
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  maybe<MoneyDeposited> deposit(const DepositRefused& e, const context& ctx) const {
    if (out == 0) {
      return {};
    }
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), out);
  }
  all<WithdrawalRefused> refuse(const context& ctx) const {
    if (refuses_fail) {
      throw std::runtime_error("no paper for refusals");
    }
    return ctx.make<WithdrawalRefused>(ctx.key(), "late");
  }
  std::chrono::milliseconds patience(const MoneyWithdrawn& e, const context&) const {
    if (e.amount() == 13) {
      throw std::runtime_error("no patience");
    }
    return std::chrono::milliseconds(e.amount() * patience_factor);
  }
  void apply(const MoneyWithdrawn& e) {
    out = e.amount();
  }
  void apply(const MoneyDeposited&) {
    out = 0;
  }
  void apply(const WithdrawalRefused&) {
    ++refused;
  }
  void apply(const MoneyReturned&) {
    out = 0;
  }
  using flow = reel::flow<react<&Hold::withdraw>, react<&Hold::deposit>,
                          deadline<WithdrawalRefused, after<TransferRequested, 100ms>,
                                   unless<MoneyWithdrawn, DepositRefused>, by<&Hold::refuse>>,
                          deadline<MoneyReturned, after<MoneyWithdrawn, &Hold::patience>, unless<MoneyDeposited>>,
                          until<AccountOpened>>;
  static constexpr std::array field_names{"out", "refused"};
  static inline bool refuses_fail = false;
  static inline std::uint64_t patience_factor = 1;
  std::uint64_t out = 0;
  std::uint32_t refused = 0;
};

/// A later version of the service, without deadlines.
struct Plain {
  using key = std::string;
  all<AccountOpened> open(const MoneyReturned& e, const context& ctx) const {
    return ctx.make<AccountOpened>(e.account(), "x", 1U);
  }
  void apply(const AccountOpened&) {}
  using flow = reel::flow<react<&Plain::open>>;
};

constexpr retry_policy policy{.attempts = 2, .first = 100ms, .factor = 2, .cap = 1000ms, .jitter = 0};

struct holding {
  holding() {
    Hold::refuses_fail = false;
    Hold::patience_factor = 1;
  }
  void ask(std::string_view account, std::uint64_t amount, int ms) {
    hold.handle(office.add<TransferRequested>("t", "t", account, "bob", amount).seal(), ms);
  }
  void refuse_deposit(std::string_view account, int ms) {
    hold.handle(office.add<DepositRefused>("t", "bob", "t", account, 1U).seal(), ms);
  }
  void run(int ms) {
    hold.live().run_due(at_ms(ms), plenty);
    seal(ms);
  }
  void seal(int ms) {
    if (hold.live().has_open_frame()) {
      hold.seal(ms);
    }
  }
  /// "Returned ann" of all that was published since the last call.
  std::vector<std::string> published() {
    std::vector<std::string> result;
    for (; seen < hold.journal.size(); ++seen) {
      const auto& f = *hold.journal[seen];
      for (std::size_t i = 0; i < f.event_count(); ++i) {
        const auto& type = *hold.registry().find(f.event(i).type);
        key_list keys;
        type.key(f.event(i).payload.data(), keys);
        result.push_back(std::string(type.name.substr(type.name.rfind('.') + 1)) + " " +
                         std::string(keys.keys().front()));
      }
    }
    return result;
  }
  /// All that is armed, as text.
  static std::vector<std::string> armed(const partition& p) {
    std::vector<std::string> result;
    p.timers().for_each([&](const timer& t) {
      result.push_back(
          std::to_string(t.deadline) + " " + t.key + " at " + std::to_string(t.due.time_since_epoch() / 1ms) +
          " because of " + std::to_string(static_cast<std::uint32_t>(t.cause.journal)) + "/" +
          std::to_string(static_cast<std::uint64_t>(t.cause.sequence)) + "." + std::to_string(t.cause.index));
    });
    std::sort(result.begin(), result.end());
    return result;
  }
  /// What the journal alone and a snapshot say is armed: the same as the live partition.
  void check_recovery() {
    REQUIRE_FALSE(hold.live().has_open_frame());
    CHECK(armed(*hold.recovered()) == armed(hold.live()));
    CHECK(hosted::entities(*hold.recovered()) == hosted::entities(hold.live()));
    CHECK(hold.recovered()->next_due() == hold.live().next_due());
    const auto saved = hold.live().snapshot();
    auto restored = hold.fresh();
    REQUIRE(restored->restore(std::as_bytes(std::span(saved))));
    CHECK(armed(*restored) == armed(hold.live()));
    CHECK(restored->next_due() == hold.live().next_due());
  }

  hosted hold{service("hold").hosts<Hold>().retries(policy)};
  source_journal office{"office"};
  std::size_t seen = 0;
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(holding, "a deadline of the entity's own event passes at its time, once") {
  ask("ann", 40, 10);
  seal(12);
  CHECK(published() == texts{"MoneyWithdrawn ann"});
  REQUIRE(armed(hold.live()).size() == 1);
  CHECK(hold.live().next_due() == at_ms(52)); // from the frame's time on: who reads the journal sees it pass on time
  check_recovery();
  run(51);
  CHECK(published().empty());
  run(52);
  CHECK(published() == texts{"MoneyReturned ann"});
  CHECK(armed(hold.live()).empty());
  check_recovery();
  run(1000);
  CHECK(published().empty());
  CHECK(hold.live().counters().deadlines == 1);
}

TEST_CASE_FIXTURE(holding, "a recovered partition lets it pass, late rather than never, and knows what caused it") {
  ask("ann", 40, 0);
  const auto armed_frame = hold.seal(0);
  auto next = hold.recovered();
  next->run_due(at_ms(5000), plenty);
  const auto f = next->seal(at_ms(5000)).decoded;
  REQUIRE(f->event_count() == 1);
  CHECK(f->event(0).cause == armed_frame->event(0).id);
  CHECK(f->event(0).correlation == armed_frame->event(0).correlation);
  CHECK(f->time() == at_ms(5000));
}

TEST_CASE_FIXTURE(holding, "an event of somebody else starts a deadline, though the entity publishes nothing") {
  ask("ann", 0, 0);
  seal(5);
  CHECK(published().empty());
  CHECK(hold.journal.back()->body().timers_keyed()->size() == 1);
  CHECK(hold.live().next_due() == at_ms(105));
  check_recovery();
  run(105);
  CHECK(published() == texts{"WithdrawalRefused ann"});
  CHECK(hold.journal.back()->event(0).cause.journal == office.id());
  CHECK(hosted::entities(hold.live()) == texts{R"(ann {"out": 0, "refused": 1})"});
  check_recovery();
}

TEST_CASE_FIXTURE(holding, "what is started and stopped in one frame costs no byte") {
  ask("ann", 40, 0);
  const auto f = hold.seal(0);
  CHECK(f->body().timers_keyed() == nullptr);
  CHECK(f->body().timers_stopped() == nullptr);
  REQUIRE(f->body().timers()->size() == 1); // of the other deadline
  refuse_deposit("ann", 10);
  seal(10);
  CHECK(armed(hold.live()).empty());
  check_recovery();
  run(1000);
  CHECK(published() == texts{"MoneyWithdrawn ann", "MoneyDeposited ann"});
}

TEST_CASE_FIXTURE(holding, "an event of somebody else stops a deadline") {
  ask("ann", 0, 0);
  seal(0);
  refuse_deposit("ann", 50);
  REQUIRE(hold.live().has_open_frame());
  seal(50);
  CHECK(hold.journal.back()->body().timers_stopped()->size() == 1);
  CHECK(armed(hold.live()).empty());
  check_recovery();
  run(500);
  CHECK(published().empty());
}

TEST_CASE_FIXTURE(holding, "what arrives before the deadline passes wins, however late both are") {
  ask("ann", 0, 0);
  seal(0);
  refuse_deposit("ann", 900); // the deadline was due long ago, but nobody was there to let it pass
  run(900);
  CHECK(published().empty());
}

TEST_CASE_FIXTURE(holding, "the end of an entity stops its deadlines") {
  ask("ann", 40, 0);
  ask("ann", 0, 0);
  ask("eve", 40, 0);
  seal(0);
  REQUIRE(armed(hold.live()).size() == 3);
  hold.handle(office.add<AccountOpened>("a", "ann", "Ann", 5U).seal(), 1);
  seal(1);
  CHECK(armed(hold.live()).size() == 1);
  check_recovery();
  run(1000);
  CHECK(published() == texts{"MoneyWithdrawn ann", "MoneyWithdrawn eve", "MoneyReturned eve"});
}

TEST_CASE_FIXTURE(holding, "when the event comes again, the time begins anew") {
  ask("ann", 40, 0);
  seal(0);
  ask("ann", 70, 30);
  seal(30);
  CHECK(armed(hold.live()).size() == 1);
  CHECK(hold.live().next_due() == at_ms(100));
  check_recovery();
  run(99);
  CHECK(published() == texts{"MoneyWithdrawn ann", "MoneyWithdrawn ann"});
  run(100);
  CHECK(published() == texts{"MoneyReturned ann"});
}

TEST_CASE_FIXTURE(holding, "the clock going back makes deadlines late, never early") {
  ask("ann", 40, 1000);
  seal(1000);
  ask("eve", 40, 10); // the clock was set back
  seal(10);
  CHECK(published().size() == 2);
  run(500);
  CHECK(published().empty());
  run(1039);
  CHECK(published().empty());
  run(1040);
  CHECK(published() == texts{"MoneyReturned ann", "MoneyReturned eve"});
}

TEST_CASE_FIXTURE(holding, "a deadline waits behind what its entity has to try again, and that may stop it") {
  ask("ann", 0, 0);
  seal(0);
  bool stuck = true;
  hold.live().interpose([&](const delivery& d, const event_view&) {
    if (stuck && d.reaction != delivery::deadlines && d.key == "ann") {
      throw std::runtime_error("the till is stuck");
    }
  });
  SUBCASE("it stops it") {
    ask("ann", 7, 50); // parked: tried again at 150
    seal(50);
    run(149);
    CHECK(published().empty());
    stuck = false;
    run(150);
    CHECK(published() == texts{"MoneyWithdrawn ann"});
    CHECK(armed(hold.live()).size() == 1); // that of the withdrawn money
  }
  SUBCASE("given up, it has its turn") {
    ask("ann", 7, 50);
    seal(50);
    run(150);
    CHECK(hold.live().pending().dead() == 1);
    stuck = false;
    run(151);
    CHECK(published() == texts{"WithdrawalRefused ann"});
  }
  check_recovery();
}

TEST_CASE_FIXTURE(holding, "a deadline whose event cannot be built is tried again and then left to a person") {
  Hold::refuses_fail = true;
  ask("ann", 0, 0);
  seal(0);
  run(100);
  CHECK(hold.live().pending().live() == 1);
  check_recovery();
  run(199);
  CHECK(hold.live().pending().entries().begin()->second.attempts == 1);
  run(200);
  REQUIRE(hold.live().pending().dead() == 1);
  const auto& letter = hold.live().pending().entries().begin()->second;
  CHECK(letter.reaction == "(deadline sample.bank.WithdrawalRefused)");
  CHECK(letter.error == "no paper for refusals");
  check_recovery();
  CHECK_FALSE(hold.live().next_due().has_value());
  CHECK_FALSE(hold.recovered()->next_due().has_value());
  Hold::refuses_fail = false;
  const auto number = letter.number;
  SUBCASE("redriven, it passes") {
    REQUIRE(hold.live().decide({number, decision_kind::redrive, "ann", "there is paper"}, at_ms(300)));
    run(300);
    CHECK(published() == texts{"WithdrawalRefused ann"});
  }
  SUBCASE("discarded, it does not") {
    REQUIRE(hold.live().decide({number, decision_kind::discard, "ann", "never mind"}, at_ms(300)));
    seal(300);
    CHECK(published().empty());
  }
  SUBCASE("stopped meanwhile, it does not") {
    refuse_deposit("ann", 250);
    seal(250);
    REQUIRE(hold.live().decide({number, decision_kind::redrive, "ann", "there is paper"}, at_ms(300)));
    run(300);
    CHECK(published().empty());
  }
  CHECK(armed(hold.live()).empty());
  CHECK(hold.live().pending().entries().empty());
  check_recovery();
  run(5000);
  CHECK(published().empty());
}

TEST_CASE_FIXTURE(holding, "who cannot say how long parks the input, and nothing is half done") {
  ask("ann", 13, 0);
  seal(0);
  CHECK(published().empty());
  CHECK(hold.live().pending().live() == 1);
  CHECK(hold.live().pending().entries().begin()->second.error == "no patience");
}

TEST_CASE_FIXTURE(holding, "an armed deadline keeps its time when the program's changes") {
  ask("ann", 40, 0);
  seal(0);
  Hold::patience_factor = 1000;
  CHECK(hold.recovered()->next_due() == at_ms(40));
}

TEST_CASE_FIXTURE(holding, "a deadline that the program does not have any more passes for nobody") {
  ask("ann", 40, 0);
  ask("ann", 0, 0);
  seal(0);
  hosted other{service("hold").hosts<Plain>()};
  auto p = other.fresh();
  for (const auto& f : hold.journal) {
    REQUIRE(p->recover(*f).has_value());
  }
  CHECK(p->timers().size() == 0);
  CHECK_FALSE(p->next_due().has_value());
}

TEST_CASE_FIXTURE(holding, "deadlines that are held for a test do not pass") {
  ask("ann", 40, 0);
  seal(0);
  hold.live().hold_deadlines(at_ms(39));
  CHECK_FALSE(hold.live().next_due().has_value());
  run(100);
  CHECK(published() == texts{"MoneyWithdrawn ann"});
  hold.live().hold_deadlines(at_ms(40));
  run(100);
  CHECK(published() == texts{"MoneyReturned ann"});
}

TEST_CASE_FIXTURE(holding, "any number of them passes, a frame's worth at a time") {
  for (int i = 0; i < 100; ++i) {
    ask("a" + std::to_string(i), 40, 0);
  }
  seal(0);
  std::size_t frames = 0;
  while (hold.live().next_due()) {
    hold.live().run_due(at_ms(40), 1000);
    seal(40);
    ++frames;
  }
  CHECK(frames > 5);
  CHECK(published().size() == 200);
  check_recovery();
}

TEST_CASE_FIXTURE(holding, "an armed timer of an own event costs 16 bytes of a frame, before compression") {
  for (int i = 0; i < 1000; ++i) {
    office.add<TransferRequested>("t", "t", "a" + std::to_string(i), "bob", 40U);
  }
  hold.handle(office.seal());
  const auto f = hold.seal();
  CHECK(f->body().timers()->size() == 1000);
  CHECK(sizeof(*f->body().timers()->Get(0)) == 16);
  CHECK(f->body().timers_keyed() == nullptr);
}

// -- the set ----------------------------------------------------------------------------------------------------------

TEST_CASE("the set of timers agrees with a simple one, whatever is done") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    timer_set set;
    std::map<std::pair<std::uint16_t, std::string>, timestamp> model;
    int now = 0;
    for (int step = 0; step < 3000; ++step) {
      const auto deadline = static_cast<std::uint16_t>(random() % 2);
      const auto key = "a rather long key " + std::to_string(random() % 60);
      const int due = static_cast<int>(random() % 500);
      switch (random() % 4) {
      case 0:
      case 1:
        set.start({.due = at_ms(due), .deadline = deadline, .key = key}, false);
        model[{deadline, key}] = at_ms(due);
        break;
      case 2:
        set.stop(set.find(deadline, key));
        model.erase({deadline, key});
        break;
      default:
        set.close({}, [](const timer&) {});
        now = static_cast<int>(random() % 500);
        while (set.next() != timer_set::none && set.next_time() <= at_ms(now)) {
          const auto& t = set.at(set.next());
          const auto first = std::min_element(model.begin(), model.end(),
                                              [](const auto& a, const auto& b) { return a.second < b.second; });
          REQUIRE(first != model.end());
          CHECK(t.due == first->second);
          const std::pair place{t.deadline, t.key};
          REQUIRE(model.contains(place));
          CHECK(model[place] == t.due);
          model.erase(place);
          set.stop(set.next());
        }
        break;
      }
      REQUIRE(set.size() == model.size());
    }
  }
}
