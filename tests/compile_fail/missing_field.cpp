// expect: give one argument for each field of the event, in the order of its schema
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyReturned> give_back(const DepositRefused&, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>(ctx.key());
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
