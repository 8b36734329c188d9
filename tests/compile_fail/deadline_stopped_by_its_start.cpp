// expect: the event that starts a deadline can neither stop it nor be what it publishes
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  static std::string_view keys(const TransferRequested& e) {
    return e.from()->string_view();
  }
  reel::maybe<MoneyWithdrawn> withdraw(const TransferRequested&) const {
    return {};
  }

  void apply(const MoneyWithdrawn&) {}
  void apply(const MoneyReturned&) {}
  void apply(const WithdrawalRefused&) {}
  using flow = reel::flow<reel::react<&Account::withdraw>,
                          reel::deadline<MoneyReturned, reel::after<MoneyWithdrawn, std::chrono::minutes(15)>,
                                         reel::unless<MoneyWithdrawn>>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
