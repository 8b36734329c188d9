// expect: a reaction must not change state: declare it const
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) {
    balance += e.amount();
    return ctx.make<MoneyReturned>(ctx.key(), e.amount());
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
  std::uint64_t balance = 0;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
