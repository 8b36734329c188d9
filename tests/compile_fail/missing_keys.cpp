// expect: the key does not match: this event is not keyed like the actor
// expect: Actor = Account; Event = sample::bank::TransferRequested
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string; // an account, while the event is of a transfer
  reel::all<MoneyWithdrawn> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.make<MoneyWithdrawn>(ctx.key(), e.transfer(), e.to(), e.amount());
  }
  void apply(const MoneyWithdrawn&) {}
  using flow = reel::flow<reel::react<&Account::withdraw>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
