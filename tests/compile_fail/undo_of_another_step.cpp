// expect: this undo compensates nothing: none of the events that it publishes has the attribute
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>(ctx.key(), e.amount());
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyDeposited, &Account::give_back>>; // it compensates MoneyWithdrawn
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
