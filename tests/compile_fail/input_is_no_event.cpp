// expect: a reaction's parameter must be an event; mark the table with (event) in its schema
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  reel::maybe<MoneyReturned> give_back(const Receipt&, const reel::context&) const {
    return {};
  }
  void apply(const MoneyReturned&) {}
  using flow = reel::flow<reel::undo<MoneyWithdrawn, &Account::give_back>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
