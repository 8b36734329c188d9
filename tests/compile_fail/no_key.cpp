// expect: an actor says what its key is: `using key
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using flow = reel::flow<>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
