#include "account.hpp"

#include <reel/testing.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <tuple>

using namespace sample::bank;
using reel::test::given;
using reel::test::make;

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
