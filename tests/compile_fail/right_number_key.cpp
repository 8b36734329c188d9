// compiles: integer keys, own state codec, no context, ends with a foreign event
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

struct Counter {
  using key = std::uint32_t;
  static std::uint64_t keys(const MoneyDeposited& e) {
    return e.amount();
  }
  static std::vector<std::uint32_t> keys(const WithdrawalRefused&) {
    return {1, 2};
  }
  reel::many<Counted> count(const MoneyDeposited&) const {
    return {};
  }
  void apply(const Counted&) {}
  std::string save() const {
    return {};
  }
  bool load(std::string_view) {
    return true;
  }
  using flow = reel::flow<reel::react<&Counter::count>, reel::until<WithdrawalRefused>>;
};

const auto service = reel::described_service(reel::service("bank").hosts<Counter>());
