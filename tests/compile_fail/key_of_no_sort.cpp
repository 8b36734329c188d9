// expect: an actor's `key` is std::string or an integer
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = double;
  using flow = reel::flow<>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
