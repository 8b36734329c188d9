// expect: after<> takes a duration such as 15min, or a member function of the actor that says how long
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
  std::chrono::seconds patience(const MoneyReturned&) const {
    return std::chrono::seconds(1);
  }
  void apply(const MoneyWithdrawn&) {}
  void apply(const MoneyReturned&) {}
  void apply(const WithdrawalRefused&) {}
  using flow = reel::flow<reel::react<&Account::withdraw>,
                          reel::deadline<MoneyReturned, reel::after<MoneyWithdrawn, &Account::patience>>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
