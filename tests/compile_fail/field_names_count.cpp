// expect: field_names must name each member of the state
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  using flow = reel::flow<>;
  static constexpr std::array field_names{"balance", "limit"};
  std::uint64_t balance = 0;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
