// expect: an actor says how it takes part: `using flow
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
