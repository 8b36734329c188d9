// expect: a flow is made of react<&Actor::fn>, undo<Step, &Actor::fn>, effect<Event, &Actor::call,
// &Actor::conclude>, deadline<Event, after<Event, 15min>, unless<Events...>> and until<Events...>
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Account {
  using key = std::string;
  using flow = reel::flow<MoneyReturned>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Account>());
