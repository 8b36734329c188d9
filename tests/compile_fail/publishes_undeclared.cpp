// expect: an event that is not in the return type of the reaction cannot be published
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) const {
    return ctx.make<MoneyDeposited>(ctx.key(), e.transfer(), e.amount());
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
