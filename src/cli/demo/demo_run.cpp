#include "cli/demo/demo_run.hpp"

#include "actors/shop.hpp"
#include "cli/demo/order_feed.hpp"
#include "cli/demo/order_input.hpp"
#include "cli/demo/stock_plan.hpp"
#include "cli/demo/synthetic_orders.hpp"
#include "cli/gateway/http_gateway.hpp"

#include <reel/demo.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

namespace reel::demo {

namespace {

/// A cancellation follows its order within this many orders, so that it meets it anywhere on its way.
constexpr std::uint64_t cancel_distance_max = 3000;

std::unique_ptr<order_source> open_source(const demo_options& options) {
  if (options.input.empty()) {
    return make_synthetic_orders({options.orders, options.seed, options.cancellation_ppm()});
  }
  auto opened = open_orders({options.input, {options.cancellation_ppm(), options.seed}});
  if (!opened) {
    throw std::runtime_error(opened.error().what);
  }
  return std::move(*opened);
}

/// The shop, with the gateway that is asked for; its books are one more thing to agree with.
choreography_info make_shop(const demo_options& options) {
  shop::shop_options asked{options.payment_failures, options.shipping_failures, options.seed, nullptr, nullptr};
  asked.unpaid = options.unpaid;
  asked.time_to_pay = std::chrono::seconds(options.time_to_pay_s);
  if (options.gateway.empty()) {
    return shop::choreography(asked);
  }
  const auto place = parse_http_url(options.gateway);
  if (!place) {
    throw std::runtime_error(place.error().what);
  }
  asked.gateway = std::make_shared<http_gateway>(*place);
  auto result = shop::choreography(asked);
  result.invariants.push_back([at = *place]() -> std::unique_ptr<invariant> {
    return std::make_unique<shop::payment::gateway_invariant>([at] { return read_gateway_books(at); });
  });
  return result;
}

} // namespace

// Opens the orders once, and hands them to the feed once.
demo_input open_input(const demo_options& options) {
  const std::shared_ptr<std::unique_ptr<order_source>> orders =
      std::make_shared<std::unique_ptr<order_source>>(open_source(options));
  const auto& source = **orders;
  demo_input input;
  input.choreography = make_shop(options);
  input.title = source.title();
  input.source = "intake";
  input.total = source.total();
  input.rejected_lines = source.rejected_count();
  input.rejected_flows = source.rejected_orders();
  for (const auto& fault : source.rejected()) {
    input.rejected_first.push_back({fault.line, fault.reason});
  }
  input.make_feed = [orders, options](feed_pace pace) {
    auto goods = plan_stock((*orders)->demand(), options.stock);
    auto identity = fmt::format("{}; stock {}; payment failures {}; shipping failures {}; seed {}",
                                (*orders)->identity(), options.stock ? std::to_string(*options.stock) : "by demand",
                                options.payment_failures, options.shipping_failures, options.seed);
    if (options.unpaid > 0) {
      identity += fmt::format("; unpaid {}", options.unpaid);
    }
    const auto distance = options.input.empty() ? cancel_distance_max : 0;
    return std::make_shared<order_feed>(std::move(*orders), std::move(goods), distance, std::move(identity),
                                        std::move(pace));
  };
  return input;
}

int run_demo(const demo_options& options) {
  try {
    return reel::run_demo(options.settings, open_input(options));
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

} // namespace reel::demo
