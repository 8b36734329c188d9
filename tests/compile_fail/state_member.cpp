// expect: cannot be saved in snapshots; use numbers, strings, containers
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  using flow = reel::flow<>;
  std::shared_ptr<int> shared;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
