// expect: a fold is missing: the actor publishes this event
// expect: Actor = Account; Event = sample::bank::MoneyWithdrawn
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  static auto keys(const TransferRequested& e) {
    return e.from();
  }
  reel::all<MoneyWithdrawn> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  using flow = reel::flow<reel::react<&Account::withdraw>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
