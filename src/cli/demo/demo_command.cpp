#include "cli/demo/demo_command.hpp"

#include <reel/options.hpp>

#include <memory>
#include <string>

namespace reel::demo {
namespace {

constexpr std::uint64_t time_to_pay_max_s = 31'536'000; // a year

using fault = std::optional<std::string>;

fault check(const demo_options& options) {
  if (!options.input.empty() && options.orders_given)
    return "--orders counts generated orders and has no meaning with --input";
  if (!options.gateway.empty() && options.payment_failures_given)
    return "--payment-failures is for the gateway in this process; the one at --gateway declines what it wants";
  return std::nullopt;
}

/// Notes besides that the option was given.
template <class Note>
command_option noting(command_option option, Note note) {
  option.set = [set = std::move(option.set), note](std::string_view text) {
    auto wrong = set(text);
    if (!wrong)
      note();
    return wrong;
  };
  return option;
}

std::vector<command_option> what_happens(const std::shared_ptr<demo_options>& o) {
  const auto member = [&o](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(o, &value); };
  const auto stock = std::make_shared<std::uint64_t>();
  const auto cancellations = std::make_shared<double>();
  return {
      noting(count_option("--orders", "Generate N orders (default 20000)", member(o->orders), 1, demo_orders_max),
             [o] { o->orders_given = true; }),
      text_option("--input", "FILE",
                  "Read the orders from a CSV file (order,customer,sku,quantity,unit_price, or the UCI Online Retail "
                  "file as it is) or from JSON lines",
                  member(o->input)),
      noting(
          count_option(
              "--stock",
              "Stock N pieces of each SKU (default: what is ordered, but less of some, so that a few orders run short)",
              stock, 0, demo_orders_max),
          [o, stock] { o->stock = *stock; }),
      noting(share_option("--payment-failures", "Share of payments that are declined: 0.05 or 5% (default 5%)",
                          member(o->payment_failures)),
             [o] { o->payment_failures_given = true; }),
      text_option("--gateway", "URL",
                  "Let the card gateway there charge and pay back, as `gateway-sim` says when it starts: "
                  "http://127.0.0.1:PORT (default: a stand-in in this process)",
                  member(o->gateway)),
      share_option("--shipping-failures", "Share of orders that no carrier takes (default 3%)",
                   member(o->shipping_failures)),
      share_option("--unpaid", "Share of orders whose customer never pays: a deadline cancels them (default 0)",
                   member(o->unpaid)),
      count_option("--time-to-pay", "Seconds that a customer has to pay (default 3)", member(o->time_to_pay_s), 1,
                   time_to_pay_max_s),
      noting(share_option("--cancellations",
                          "Share of orders that their customer cancels on the way (default 2%; 0 with --input)",
                          cancellations),
             [o, cancellations] { o->cancellations = *cancellations; }),
      count_option("--seed", "Another seed makes other orders and failures, the same one the same (default 1)",
                   member(o->seed)),
  };
}

} // namespace

command demo_command(std::function<int(const demo_options&)> run) {
  const auto options = std::make_shared<demo_options>();
  command result;
  result.name = "demo";
  result.description = "Run orders through the shop: choreography and compensation at work, with a summary at the end";
  result.starts = true;
  result.options = what_happens(options);
  for (auto& option : demo_run_options(std::shared_ptr<demo_settings>(options, &options->settings), "orders"))
    result.options.push_back(std::move(option));
  result.check = [options] { return check(*options); };
  result.run = [options, run = std::move(run)] { return run(*options); };
  return result;
}

} // namespace reel::demo
