// expect: an argument does not fit its field: give them in the order of the schema
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>(e.amount(), ctx.key());
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
