// expect: a reaction returns one_of<...>, maybe<...>, all<...> or many<...> of events
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  bool thank(const MoneyDeposited&, const reel::context&) const {
    return true;
  }
  using flow = reel::flow<reel::react<&Account::thank>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
