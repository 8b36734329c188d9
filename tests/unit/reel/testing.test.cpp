#include "account.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <tuple>

using namespace sample::bank;
using reel::test::given;
using reel::test::make;
using std::chrono::operator""h;
using std::chrono::operator""min;
using std::chrono::operator""ms;

namespace {

std::string complaint_of(const std::function<void()>& test) {
  try {
    test();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const auto rules = std::make_shared<const bank_rules>();

} // namespace

TEST_CASE("given, when, expect") {
  given<Account>("ann", make<MoneyDeposited>("ann", "t0", 10U))
      .when(make<TransferRequested>("t1", "ann", "bob", 4U))
      .expect(make<MoneyWithdrawn>("ann", "t1", "bob", 4U))
      .when(make<TransferRequested>("t2", "ann", "bob", 7U))
      .expect(make<WithdrawalRefused>("ann", "t2"));
}

TEST_CASE("the state can be looked at") {
  auto ann = given<Account>("ann", make<MoneyDeposited>("ann", "t0", 10U));
  ann.when(make<TransferRequested>("t1", "ann", "bob", 4U));
  CHECK(ann.state<Account>().balance == 6);
  CHECK(ann.describe() == R"({"balance": 6, "withdrawals": 1})");
  CHECK_THROWS_AS(static_cast<void>(ann.state<bank_rules>()), std::logic_error);
}

TEST_CASE("what the service provides") {
  given<Account>("bob")
      .providing(rules)
      .when(make<MoneyWithdrawn>("ann", "t1", "bob", 5000U))
      .expect(make<DepositRefused>("bob", "t1", "ann", 5000U));
  given<Account>("bob").when(make<MoneyWithdrawn>("ann", "t1", "bob", 1U)).expect_failure("provides no");
}

TEST_CASE("a mismatch shows both sides") {
  const auto text = complaint_of(
      [] { given<Account>("ann").when(make<TransferRequested>("t1", "ann", "bob", 4U)).expect_nothing(); });
  CHECK(has(text, "Account \"ann\", when sample.bank.TransferRequested {"));
  CHECK(has(text, "expected\n    nothing"));
  CHECK(has(text, "but got\n    sample.bank.WithdrawalRefused { \"account\": \"ann\", \"transfer\": \"t1\" }"));
  CHECK(has(text, "state now {\"balance\": 0"));
}

TEST_CASE("another value, another number of events, or no failure is a mismatch") {
  const auto request = make<TransferRequested>("t1", "ann", "bob", 4U);
  const auto refused = make<WithdrawalRefused>("ann", "t1");
  CHECK_THROWS_AS(given<Account>("ann").when(request).expect(make<WithdrawalRefused>("ann", "t2")),
                  reel::test::mismatch);
  CHECK_THROWS_AS(given<Account>("ann").when(request).expect(refused, refused), reel::test::mismatch);
  CHECK_THROWS_AS(given<Account>("ann").when(request).expect_failure(), reel::test::mismatch);
}

TEST_CASE("a wrong test is told so") {
  CHECK(has(complaint_of([] { (void)given<Account>("ann", make<MoneyDeposited>("bob", "t", 1U)); }), "is of \"bob\""));
  CHECK(has(complaint_of([] { (void)given<Account>("ann", make<TransferRequested>("t", "a", "b", 1U)); }),
            "does not fold"));
  CHECK(has(complaint_of([] { given<Account>("ann").when(make<TransferRequested>("t", "zoe", "bob", 1U)); }),
            "does not concern"));
  CHECK(
      has(complaint_of([] { given<Account>("ann").when(make<MoneyReturned>("ann", 1U)); }), "is no event of the flow"));
  CHECK(has(complaint_of([] { given<Account>("ann").expect_nothing(); }), "comes after when()"));
}

// -- time -------------------------------------------------------------------------------------------------------------

namespace {

/// Waits for a deposit after each withdrawal, and takes the money back when there is none.
struct Patient {
  using key = std::string;
  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }
  static std::string_view keys(const DepositRefused& e) {
    return e.from()->string_view();
  }
  reel::maybe<MoneyDeposited> deposit(const DepositRefused& e, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), e.amount());
  }
  reel::timestamp end_of_patience(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.time() + std::chrono::hours(e.amount());
  }
  reel::all<MoneyReturned> take_back(const reel::context& ctx) const {
    return ctx.make<MoneyReturned>(ctx.key(), 7U);
  }
  void apply(const MoneyDeposited&) {}
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::react<&Patient::deposit>,
                          reel::deadline<MoneyReturned, reel::after<TransferRequested, &Patient::end_of_patience>,
                                         reel::unless<MoneyDeposited>, reel::by<&Patient::take_back>>>;
};

const auto request = make<TransferRequested>("t1", "ann", "bob", 2U);

} // namespace

TEST_CASE("a deadline passes when its time has come, once") {
  given<Patient>("ann")
      .when(request)
      .expect_nothing()
      .after(1h)
      .expect_nothing()
      .after(1h)
      .expect(make<MoneyReturned>("ann", 7U))
      .after(100h)
      .expect_nothing();
}

TEST_CASE("what comes in time stops a deadline") {
  given<Patient>("ann")
      .when(request)
      .after(1h)
      .when(make<DepositRefused>("bob", "t1", "ann", 5U))
      .expect(make<MoneyDeposited>("ann", "t1", 5U))
      .after(100h)
      .expect_nothing();
}

TEST_CASE("a mismatch of a deadline says which time has passed") {
  const auto text =
      complaint_of([] { given<Patient>("ann").when(request).after(90min).expect(make<MoneyReturned>("ann", 7U)); });
  CHECK(has(text, "Patient \"ann\", after 1 h 30 min\n  expected\n    sample.bank.MoneyReturned"));
  CHECK(has(text, "but got\n    nothing"));
}

TEST_CASE("a reaction that throws is tried again when its time has come, and others wait behind it") {
  const auto first = make<MoneyWithdrawn>("ann", "t1", "bob", 1U);
  const auto second = make<MoneyWithdrawn>("ann", "t2", "bob", 2U);
  auto bob = given<Account>("bob");
  bob.retrying({.attempts = 3, .first = 100ms}).when(first).expect_failure("provides no");
  SUBCASE("in time") {
    bob.when(second).expect_nothing().providing(rules);
    bob.after(99ms).expect_nothing();
    bob.after(1ms).expect(make<MoneyDeposited>("bob", "t1", 1U), make<MoneyDeposited>("bob", "t2", 2U));
  }
  SUBCASE("again and again") {
    bob.after(100ms).expect_failure("provides no");
    bob.after(199ms).expect_nothing();
    bob.after(1ms).expect_failure("provides no");
    bob.providing(rules).after(1h).expect_nothing(); // given up
    bob.when(second).expect(make<MoneyDeposited>("bob", "t2", 2U));
  }
}
