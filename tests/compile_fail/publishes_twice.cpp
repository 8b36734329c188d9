// expect: use of deleted function
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::all<MoneyReturned, MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) const {
    auto returned = ctx.make<MoneyReturned>(ctx.key(), e.amount());
    return {returned, returned};
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
