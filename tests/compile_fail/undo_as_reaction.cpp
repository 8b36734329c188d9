// expect: this reaction publishes an event that compensates a step: declare it as undo<Step, &Actor::fn>
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  static std::string_view keys(const DepositRefused& e) {
    return e.from()->string_view();
  }
  reel::all<MoneyReturned> give_back(const DepositRefused& e, const reel::context& ctx) const {
    return ctx.make<MoneyReturned>(ctx.key(), e.amount());
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::react<&Account::give_back>>; // undo<MoneyWithdrawn, ...>
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
