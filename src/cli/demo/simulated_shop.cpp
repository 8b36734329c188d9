#include "cli/demo/simulated_shop.hpp"

#include "actors/payment/gateway_books.hpp"
#include "actors/shop.hpp"
#include "cli/demo/order_feed.hpp"
#include "cli/demo/stock_plan.hpp"
#include "cli/demo/synthetic_orders.hpp"

#include <random>

namespace reel::demo {

namespace {

constexpr std::uint64_t orders_default = 20;

simulated_run draw(std::uint64_t seed, std::uint64_t orders) {
  std::mt19937_64 random(seed * 6'364'136);
  const auto share = [&random](std::uint32_t percent_max) {
    return static_cast<double>(random() % (percent_max + 1)) / 100;
  };
  ::shop::shop_options shop;
  const auto books = std::make_shared<::shop::payment::gateway_books>(share(30), seed);
  shop.shipping_failures = share(30);
  shop.seed = seed;
  shop.gateway = std::make_shared<::shop::payment::remembering_gateway>(books);
  shop.books = books;
  const synthetic_options synthetic{orders, seed, static_cast<std::uint32_t>(random() % 400'000)};
  const auto cancel_distance = random() % 12;
  shop.unpaid = random() % 4 == 0 ? 0.0 : share(40);
  shop.time_to_pay = std::chrono::milliseconds(1U << (random() % 23)); // to more than an hour

  simulated_run run;
  run.choreography = shop::choreography(shop);
  run.source = "intake";
  run.make_feed = [synthetic, cancel_distance]() -> std::shared_ptr<feed> {
    auto source = make_synthetic_orders(synthetic);
    auto goods = plan_stock(source->demand(), std::nullopt);
    std::erase_if(goods, [](const auto& g) { return g.quantity == 0; });
    feed_pace pace;
    pace.open_flows_max = synthetic.orders;
    pace.ended = [] { return std::uint64_t{0}; };
    return std::make_shared<order_feed>(std::move(source), std::move(goods), cancel_distance, "simulation",
                                        std::move(pace));
  };
  return run;
}

} // namespace

simulated_program simulated_shop() {
  return {"orders", orders_default, draw};
}

} // namespace reel::demo
