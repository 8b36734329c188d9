#include "cli/demo/demo_run.hpp"

#include "actors/shop.hpp"
#include "cli/demo/order_feed.hpp"
#include "cli/demo/order_input.hpp"
#include "cli/demo/prefixed_orders.hpp"
#include "cli/demo/stock_plan.hpp"
#include "cli/demo/synthetic_orders.hpp"
#include "core/hash.hpp"

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

std::string stock_text(const demo_options& options) {
  return options.stock ? std::to_string(*options.stock) : "by demand";
}

/// Of the demo, whose journals hold one input only: also what shapes the services' answers.
std::string demo_identity(const order_source& orders, const demo_options& options) {
  return fmt::format("{}; stock {}; payment failures {}; shipping failures {}; seed {}", orders.identity(),
                     stock_text(options), options.payment_failures, options.shipping_failures, options.seed);
}

/// Keys of generated orders are made of what generates them: other orders have other keys.
std::unique_ptr<order_source> open_submitted(const demo_options& options) {
  auto orders = open_source(options);
  if (!options.input.empty()) {
    return orders;
  }
  constexpr std::uint64_t digits = 0x1000000;
  auto prefix = options.prefix;
  if (prefix.empty()) {
    const auto tag = core::xxh3(orders->identity() + "; stock " + stock_text(options)) % digits;
    prefix = fmt::format("{:06x}-", tag);
  }
  return std::make_unique<prefixed_orders>(std::move(orders), prefix);
}

using opener = std::unique_ptr<order_source> (*)(const demo_options&);

/// The first feed gets the orders as they are; a later one, of a source that begins again, opens them again.
demo_input make_input(std::unique_ptr<order_source> opened, opener open_again, const demo_options& options,
                      std::string identity) {
  const std::shared_ptr<std::unique_ptr<order_source>> orders =
      std::make_shared<std::unique_ptr<order_source>>(std::move(opened));
  const auto& source = **orders;
  demo_input input;
  input.choreography = shop::choreography({options.payment_failures, options.shipping_failures, options.seed});
  input.title = source.title();
  input.source = "intake";
  input.total = source.total();
  input.rejected_lines = source.rejected_count();
  input.rejected_flows = source.rejected_orders();
  for (const auto& fault : source.rejected()) {
    input.rejected_first.push_back({fault.line, fault.reason});
  }
  input.make_feed = [orders, open_again, options, identity = std::move(identity)](feed_pace pace) {
    if (*orders == nullptr) {
      *orders = open_again(options);
    }
    auto goods = plan_stock((*orders)->demand(), options.stock);
    const auto distance = options.input.empty() ? cancel_distance_max : 0;
    return std::make_shared<order_feed>(std::move(*orders), std::move(goods), distance, identity, std::move(pace));
  };
  return input;
}

} // namespace

demo_input open_input(const demo_options& options) {
  auto orders = open_source(options);
  auto identity = demo_identity(*orders, options);
  return make_input(std::move(orders), open_source, options, std::move(identity));
}

int run_demo(const demo_options& options) {
  try {
    return reel::run_demo(options.settings, open_input(options));
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

int run_submit(const demo_options& options) {
  try {
    auto orders = open_submitted(options);
    auto identity = orders->identity() + "; stock " + stock_text(options);
    return reel::run_submit(options.submit, make_input(std::move(orders), open_submitted, options, std::move(identity)));
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

} // namespace reel::demo
