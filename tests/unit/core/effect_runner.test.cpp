// How calls are limited, repeated, given up and taken up again, on a clock that the test turns.
#include "core/effect_runner.hpp"

#include "journal_of.hpp"
#include "teller.hpp"

#include <reel/task.hpp>

#include <doctest/doctest.h>

#include <deque>

using namespace reel;
using namespace reel::core;
using namespace sample::bank;
using std::chrono::operator""ms;
using std::chrono::operator""s;

namespace {

class turned_host final : public reel::detail::effect_host {
public:
  void post(std::function<void()> run) override {
    posted.push_back(std::move(run));
  }
  void after(std::chrono::nanoseconds time, std::function<void()> run) override {
    timers.emplace(now + time, std::move(run));
  }
  void run_posted() {
    while (!posted.empty()) {
      const auto run = std::move(posted.front());
      posted.pop_front();
      run();
    }
  }

  timestamp now{};
  std::deque<std::function<void()>> posted;
  std::multimap<timestamp, std::function<void()>> timers;
};

struct calling {
  explicit calling(const effect_policy& policy) : calling(service("bank").hosts<Teller>(), policy) {}
  calling(service described, const effect_policy& policy) {
    described.effects(policy);
    described.provides<outside_world>(world);
    info = static_cast<described_service>(described).service;
    effect_runner::settings settings;
    settings.service = &info;
    settings.reaction = 1;
    settings.host = host;
    settings.now = [this] { return host->now; };
    settings.journal_name = [](std::uint32_t) { return std::string("bank/0"); };
    runner = std::make_unique<effect_runner>(settings);
    world->send = [this](const MoneyWithdrawn&, const effect_context& ctx, const completion<receipt>& done) {
      keys.push_back(ctx.idempotency_key());
      open.push_back(done);
    };
  }

  void ask(std::uint32_t count = 1) {
    for (std::uint32_t i = 0; i < count; ++i) {
      auto owed = std::make_shared<owed_effect>();
      owed->event = {journal_id{1}, frame_sequence{2}, next++};
      owed->actor = 0;
      owed->reaction = 1;
      owed->key = "ann";
      outbox out;
      out.add<MoneyWithdrawn>("ann", "t", "bob", 5U);
      const auto payload = out.event(0).payload;
      owed->payload.assign(payload.begin(), payload.end());
      last = owed;
      runner->add(0, owed);
    }
    runner->pump();
  }
  void wait(std::chrono::nanoseconds time) {
    host->now += time;
    for (auto due = host->timers.begin(); due != host->timers.end() && due->first <= host->now;
         due = host->timers.begin()) {
      const auto run = due->second;
      host->timers.erase(due);
      run();
    }
    runner->on_time();
    host->run_posted();
    take();
  }
  void answer(std::size_t call, std::uint64_t amount = 5) {
    open.at(call)(receipt{amount});
    host->run_posted();
    take();
  }
  void fail(std::size_t call) {
    open.at(call).fail("no");
    host->run_posted();
    take();
  }
  void take() {
    for (auto& result : runner->take_results()) {
      results.push_back(std::move(result.second));
    }
  }

  std::shared_ptr<outside_world> world = std::make_shared<outside_world>();
  std::shared_ptr<turned_host> host = std::make_shared<turned_host>();
  service_info info;
  std::unique_ptr<effect_runner> runner;
  std::vector<std::string> keys;
  std::vector<completion<receipt>> open;
  std::vector<effect_result> results;
  shared_effect last;
  std::uint32_t next = 0;
};

constexpr retry_policy thrice{.attempts = 3, .first = 100ms, .factor = 2, .cap = 1s, .jitter = 0};
constexpr breaker_policy never{.failures = 0};

} // namespace

TEST_CASE("so many calls are made at once, and the next one begins when one has ended") {
  calling c({.in_flight = 2});
  c.ask(5);
  CHECK(c.open.size() == 2);
  CHECK(c.runner->size() == 5);
  c.answer(1);
  CHECK(c.open.size() == 3);
  CHECK(c.results.size() == 1);
  CHECK(c.runner->in_flight() == 2);
}

TEST_CASE("an answer that comes at once needs no wake-up") {
  calling c({.in_flight = 1});
  c.world->send = [](const auto&, const auto&, const completion<receipt>& done) { done(receipt{7}); };
  c.ask(100);
  c.take();
  CHECK(c.results.size() == 100);
  CHECK(c.host->posted.empty());
  CHECK_FALSE(c.runner->next_due().has_value());
}

TEST_CASE("an attempt that fails is made again later, with the same key, and given up after the last one") {
  calling c({.retries = thrice, .breaker = never});
  c.ask();
  c.fail(0);
  CHECK(c.runner->next_due() == timestamp(100ms));
  c.wait(99ms);
  CHECK(c.open.size() == 1);
  c.wait(1ms);
  REQUIRE(c.open.size() == 2);
  c.fail(1);
  c.wait(200ms);
  REQUIRE(c.open.size() == 3);
  CHECK(c.keys[0] == c.keys[2]);
  c.fail(2);
  REQUIRE(c.results.size() == 1);
  CHECK(c.results[0].failure->what == "no");
  CHECK(c.results[0].failure->attempts == 3);
  CHECK(c.runner->size() == 0);
}

TEST_CASE("without a limit of attempts it is never given up") {
  auto policy = thrice;
  policy.attempts = 0;
  calling c({.retries = policy, .breaker = never});
  c.ask();
  for (std::size_t i = 0; i < 50; ++i) {
    c.fail(i);
    c.wait(1s);
  }
  CHECK(c.open.size() == 51);
  CHECK(c.results.empty());
}

TEST_CASE("a failure that is permanent is given up at once") {
  calling c({.retries = thrice});
  c.ask();
  c.open.at(0).give_up("never");
  c.host->run_posted();
  c.take();
  REQUIRE(c.results.size() == 1);
  CHECK(c.results[0].failure->permanent);
}

TEST_CASE("nobody waits longer than the timeout, and an answer that comes later is counted and ignored") {
  calling c({.timeout = 1s, .retries = thrice, .breaker = never});
  c.ask();
  c.wait(1s);
  CHECK(c.runner->counters().timeouts == 1);
  c.answer(0);
  CHECK(c.results.empty());
  CHECK(c.runner->counters().late == 1);
  c.wait(100ms);
  c.answer(1);
  c.answer(1); // the client calls back twice
  CHECK(c.results.size() == 1);
  CHECK(c.runner->counters().late == 2);
}

TEST_CASE("a call that throws has failed") {
  calling c({.retries = {.attempts = 1}});
  c.world->send = [](const auto&, const auto&, const auto&) { throw std::runtime_error("no wire"); };
  c.ask();
  c.take();
  REQUIRE(c.results.size() == 1);
  CHECK(c.results[0].failure->what == "no wire");
}

TEST_CASE("what is owed twice is called once, and what is forgotten is not called") {
  calling c({.in_flight = 1});
  c.ask(3);
  c.runner->add(4, c.last);
  c.runner->pump();
  CHECK(c.runner->size() == 3);
  c.runner->forget(0);
  CHECK(c.runner->size() == 2); // the one that is called, and the one of the other origin
  c.answer(0);
  CHECK(c.open.size() == 2);
  c.answer(1);
  CHECK(c.open.size() == 2);
}

TEST_CASE("the breaker opens after failures in a row, lets a probe through, and closes when it succeeds") {
  calling c({.retries = {.attempts = 0, .first = 10ms, .factor = 1, .jitter = 0}, .breaker = {2, 5s, 1}});
  c.ask(4);
  REQUIRE(c.open.size() == 4);
  c.answer(0);
  c.fail(1);
  CHECK(c.runner->breaker().state() == breaker_state::closed);
  c.fail(2);
  CHECK(c.runner->breaker().state() == breaker_state::open);
  c.fail(3);
  CHECK(c.runner->breaker().opened() == 1);
  c.wait(4s);
  CHECK(c.open.size() == 4); // they wait
  c.wait(1s);
  CHECK(c.runner->breaker().state() == breaker_state::half_open);
  REQUIRE(c.open.size() == 5); // one probe
  SUBCASE("which fails") {
    c.fail(4);
    CHECK(c.runner->breaker().state() == breaker_state::open);
    CHECK(c.runner->breaker().opened() == 2);
    c.wait(5s);
    CHECK(c.open.size() == 6);
  }
  SUBCASE("which succeeds") {
    c.answer(4);
    CHECK(c.runner->breaker().state() == breaker_state::closed);
    CHECK(c.open.size() == 7); // the others follow
  }
}

TEST_CASE("while the breaker is open an effect that can give up does so at once") {
  calling c(service("bank").hosts<CautiousTeller>(),
            {.retries = {.attempts = 0, .first = 10ms}, .breaker = {2, 5s, 1}});
  c.ask(2);
  c.fail(0);
  c.fail(1);
  CHECK(c.results.size() == 2);
  c.ask(1);
  c.take();
  REQUIRE(c.results.size() == 3);
  CHECK(c.open.size() == 2);
  CHECK(c.results[2].failure->refused);
  CHECK(c.results[2].failure->what == "the circuit breaker of bank.CautiousTeller.send is open");
  CHECK(c.results[0].failure->what == "the circuit breaker of bank.CautiousTeller.send is open: no");
  c.wait(5s);
  c.ask(1);
  CHECK(c.open.size() == 3); // the probe
}

// -- coroutines -------------------------------------------------------------------------------------------------------

namespace {

int alive = 0;

struct counted {
  counted() {
    ++alive;
  }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() {
    --alive;
  }
};

task<std::uint64_t> ask_twice(const MoneyWithdrawn& e, const effect_context& ctx) {
  const counted here;
  const auto send = [&](auto done) { ctx.provided<outside_world>().send(e, ctx, done); };
  const auto first = co_await call<receipt>(ctx, send);
  co_await pause(ctx, 50ms);
  const auto second = co_await call<receipt>(ctx, send);
  co_return first.amount + second.amount;
}

struct Patient {
  using key = std::string;
  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }
  maybe<MoneyWithdrawn> withdraw(const TransferRequested& e, const context& ctx) const {
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  static task<receipt> send(const MoneyWithdrawn& e, const effect_context& ctx) {
    const counted here;
    const auto sum = co_await ask_twice(e, ctx);
    if (sum == 99) {
      throw permanent_failure("ninety-nine");
    }
    co_return receipt{sum};
  }
  all<MoneyDeposited> sent(const MoneyWithdrawn& e, const receipt& r, const context& ctx) const {
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), r.amount);
  }
  void apply(const MoneyWithdrawn&) {}
  void apply(const MoneyDeposited&) {}
  using flow = reel::flow<react<&Patient::withdraw>, effect<MoneyWithdrawn, &Patient::send, &Patient::sent>>;
  static constexpr std::array<const char*, 0> field_names{};
};

} // namespace

TEST_CASE("a coroutine awaits clients and time, and is gone when it has ended") {
  calling c(service("bank").hosts<Patient>(), {.retries = {.attempts = 2, .first = 10ms, .jitter = 0}});
  c.ask();
  REQUIRE(c.open.size() == 1);
  CHECK(alive == 2);
  c.answer(0, 30);
  CHECK(c.open.size() == 1);
  c.wait(50ms);
  REQUIRE(c.open.size() == 2);
  SUBCASE("with an answer") {
    c.answer(1, 12);
    REQUIRE(c.results.size() == 1);
    CHECK(static_cast<const receipt*>(c.results[0].answer.get())->amount == 42);
  }
  SUBCASE("with an exception of its own") {
    c.answer(1, 69);
    REQUIRE(c.results.size() == 1);
    CHECK(c.results[0].failure->what == "ninety-nine");
    CHECK(c.results[0].failure->permanent);
  }
  SUBCASE("with a failure of the client, which is tried again") {
    c.fail(1);
    CHECK(c.results.empty());
    CHECK(alive == 0);
    c.wait(10ms);
    CHECK(c.open.size() == 3);
    c.wait(10s); // and times out
    REQUIRE(c.results.size() == 1);
  }
  CHECK(alive == 0);
}

TEST_CASE("a coroutine that waits when its time is over is destroyed where it stands, and a late answer finds nobody") {
  calling c(service("bank").hosts<Patient>(), {.timeout = 1s, .retries = {.attempts = 1}});
  c.ask();
  c.wait(1s);
  CHECK(alive == 0);
  CHECK(c.results.size() == 1);
  c.answer(0);
  CHECK(c.results.size() == 1);
}

TEST_CASE("a coroutine that never has to wait ends at once") {
  calling c(service("bank").hosts<Patient>(), {});
  c.world->send = [](const auto&, const auto&, const completion<receipt>& done) { done(receipt{1}); };
  c.ask();
  c.wait(50ms);
  REQUIRE(c.results.size() == 1);
  CHECK(alive == 0);
}
