// expect: a reaction may only publish events: mark the table with (event) in its schema
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<Receipt> thank(const MoneyDeposited& e, const reel::context& ctx) const {
    return {};
  }
  using flow = reel::flow<reel::react<&Account::thank>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
