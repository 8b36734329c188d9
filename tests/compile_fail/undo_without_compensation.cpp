// expect: this undo compensates nothing: none of the events that it publishes has the attribute
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyDeposited> give_back(const DepositRefused& e, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), e.amount());
  }
  void apply(const MoneyDeposited&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
