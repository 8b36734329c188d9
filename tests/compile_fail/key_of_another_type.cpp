// expect: the key does not match: the actor's `key` and the (entity) field
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::uint64_t; // the field is a string
  static std::uint64_t keys(const TransferRequested& e) {
    return e.amount();
  }
  reel::all<MoneyWithdrawn> withdraw(const TransferRequested& e, const reel::context& ctx) const {
    return ctx.make<MoneyWithdrawn>(std::to_string(e.amount()), e.transfer(), e.to(), e.amount());
  }
  void apply(const MoneyWithdrawn&) {}
  using flow = reel::flow<reel::react<&Account::withdraw>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
