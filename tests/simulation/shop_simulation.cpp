// Runs the whole shop on the simulated log, one seed after the other, with crashes and faults, and judges each run by
// its journals.
//
//   shop_simulation [--seeds FIRST..LAST] [--orders N]

#include "actors/shop.hpp"
#include "cli/demo/order_feed.hpp"
#include "cli/demo/stock_plan.hpp"
#include "cli/demo/synthetic_orders.hpp"
#include "cli/verify.hpp"
#include "runtime/simulation.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace {

using namespace reel;

struct totals {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t steps = 0;
  std::uint64_t crashes = 0;
  std::uint64_t events = 0;
  std::uint64_t throws = 0;
};

/// What a seed draws: how the shop is set up and how badly the world behaves.
struct scenario {
  explicit scenario(std::uint64_t seed, std::uint64_t order_count) {
    std::mt19937_64 random(seed * 7919);
    const auto share = [&random](std::uint32_t percent_max) {
      return static_cast<double>(random() % (percent_max + 1)) / 100;
    };
    shop = {share(30), share(30), seed};
    orders = {order_count, seed, static_cast<std::uint32_t>(random() % 400'000)};
    partitions = static_cast<std::uint32_t>(1 + random() % 3);
    cancel_distance = random() % 12;
    open_orders_max = 1 + random() % order_count;
    options.seed = seed;
    options.crashes_max = static_cast<std::uint32_t>(random() % 10);
    options.steps_per_crash = static_cast<std::uint32_t>(50 + random() % 2000);
    options.throwing = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 100) : 0;
    options.log.refused = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 200) : 0;
    options.log.ambiguous_lost = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 200) : 0;
    options.log.ambiguous_stored = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 200) : 0;
    options.log.slow_reads = static_cast<std::uint32_t>(random() % 1000);
    options.node_limits.frame_bytes_max = 256U << (random() % 10);
    options.node_limits.lane_credit = static_cast<std::int64_t>(8 + random() % 500);
    options.node_limits.snapshot_frames = random() % 2 == 0 ? 1 + random() % 40 : 0;
    options.node_limits.appends_in_flight_max = 1 + random() % 4;
  }

  shop::shop_options shop;
  demo::synthetic_options orders;
  std::uint32_t partitions = 1;
  std::uint64_t cancel_distance = 0;
  std::uint64_t open_orders_max = 1;
  runtime::simulation_options options;
};

void complain(std::uint64_t seed, const std::string& what) {
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), what.c_str());
}

bool run_seed(std::uint64_t seed, std::uint64_t order_count, totals& sum) {
  const scenario s(seed, order_count);
  const auto plan = std::make_shared<const runtime::plan>(shop::choreography(s.shop),
                                                          runtime::plan_options{"simulation", s.partitions});
  transport::simulated_storage storage;
  const auto make_feed = [&]() -> std::shared_ptr<feed> {
    auto source = demo::make_synthetic_orders(s.orders);
    auto goods = demo::plan_stock(source->demand(), std::nullopt);
    std::erase_if(goods, [](const auto& g) { return g.quantity == 0; });
    feed_pace pace;
    pace.open_flows_max = order_count;
    pace.ended = [] { return std::uint64_t{0}; };
    return std::make_shared<demo::order_feed>(std::move(source), std::move(goods), s.cancel_distance, "simulation",
                                              std::move(pace));
  };
  const auto result = runtime::simulate(plan, storage, "intake", make_feed, s.options);
  sum.steps += result.steps;
  sum.crashes += result.crashes;
  sum.throws += result.throws;
  if (!result.quiescent || !result.alarms.empty()) {
    complain(seed, result.alarms.empty() ? "does not come to rest" : result.alarms.front());
    return false;
  }
  transport::simulated_options calm;
  calm.slow_reads = 0;
  transport::simulated_log log(storage, calm, 1);
  cli::verify_options verify;
  verify.quiescent = true;
  const auto checked = cli::verify(log, plan->choreography, verify);
  if (!checked) {
    complain(seed, checked.error().what);
    return false;
  }
  sum.events += checked->events;
  const auto ended = checked->statistics->ended("shop.orders.OrderCompleted") +
                     checked->statistics->ended("shop.orders.OrderCancelled");
  if (!checked->holds() || checked->dead_letters != 0 || ended != order_count) {
    complain(seed, std::to_string(ended) + " of " + std::to_string(order_count) + " orders ended, " +
                       std::to_string(checked->dead_letters) + " dead letters\n" + cli::verify_text(*checked, false));
    return false;
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  std::uint64_t orders = 20;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::string value = argv[i + 1];
    if (option == "--seeds") {
      first = std::strtoull(value.c_str(), nullptr, 10);
      const auto dots = value.find("..");
      last = dots == std::string::npos ? first : std::strtoull(value.c_str() + dots + 2, nullptr, 10);
    } else if (option == "--orders") {
      orders = std::strtoull(value.c_str(), nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: shop_simulation [--seeds FIRST..LAST] [--orders N]\n");
      return 2;
    }
  }
  spdlog::set_level(last > first ? spdlog::level::off : spdlog::level::info);
  totals sum;
  for (auto seed = first; seed <= last; ++seed) {
    (run_seed(seed, orders, sum) ? sum.passed : sum.failed) += 1;
  }
  std::printf("%llu steps, %llu crashes, %llu events, %llu reactions that threw\n",
              static_cast<unsigned long long>(sum.steps), static_cast<unsigned long long>(sum.crashes),
              static_cast<unsigned long long>(sum.events), static_cast<unsigned long long>(sum.throws));
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(sum.passed),
              static_cast<unsigned long long>(sum.failed));
  return sum.failed == 0 && sum.passed > 0 ? 0 : 1;
}
