#include "cli/demo/demo_command.hpp"

#include <reel/options.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>

namespace reel::demo {
namespace {

using fault = std::optional<std::string>;

constexpr std::size_t prefix_bytes_max = 32;

fault check(const demo_options& options) {
  if (!options.input.empty() && options.orders_given)
    return "--orders counts generated orders and has no meaning with --input";
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

fault set_prefix(std::string_view text, std::string& into) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (text.empty() || text.size() > prefix_bytes_max || !std::all_of(text.begin(), text.end(), fits))
    return "\"" + std::string{text} + "\" is no prefix of keys: expected up to " + std::to_string(prefix_bytes_max) +
           " letters, digits, \"-\" and \"_\"";
  into = text;
  return std::nullopt;
}

std::vector<command_option> what_orders(const std::shared_ptr<demo_options>& o) {
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
      noting(share_option("--cancellations",
                          "Share of orders that their customer cancels on the way (default 2%; 0 with --input)",
                          cancellations),
             [o, cancellations] { o->cancellations = *cancellations; }),
      count_option("--seed", "Another seed makes other orders and failures, the same one the same (default 1)",
                   member(o->seed)),
  };
}

void add(std::vector<command_option>& options, std::vector<command_option> more) {
  std::move(more.begin(), more.end(), std::back_inserter(options));
}

} // namespace

command demo_command(std::function<int(const demo_options&)> run) {
  const auto options = std::make_shared<demo_options>();
  command result;
  result.name = "demo";
  result.description = "Run orders through the shop: choreography and compensation at work, with a summary at the end";
  result.starts = true;
  const auto member = [&](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(options, &value); };
  result.options = what_orders(options);
  add(result.options,
      {share_option("--payment-failures", "Share of payments that are declined: 0.05 or 5% (default 5%)",
                    member(options->payment_failures)),
       share_option("--shipping-failures", "Share of orders that no carrier takes (default 3%)",
                    member(options->shipping_failures))});
  add(result.options, demo_run_options(member(options->settings), "orders"));
  result.check = [options] { return check(*options); };
  result.run = [options, run = std::move(run)] { return run(*options); };
  return result;
}

command submit_command(std::function<int(const demo_options&)> run) {
  const auto options = std::make_shared<demo_options>();
  command result;
  result.name = "submit";
  result.description = "Feed orders into a running cluster, each once, and wait for their end";
  result.starts = true;
  result.options = what_orders(options);
  result.options.push_back({"--prefix", "TEXT",
                            "What the keys of generated orders begin with (default: made of the other options, so that "
                            "different ones make different orders)",
                            [options](std::string_view text) { return set_prefix(text, options->prefix); }});
  add(result.options, submit_run_options(std::shared_ptr<submit_settings>(options, &options->submit), "orders"));
  result.check = [options]() -> fault {
    if (!options->prefix.empty() && !options->input.empty())
      return "--prefix is for generated orders and has no meaning with --input";
    return check(*options);
  };
  result.run = [options, run = std::move(run)] { return run(*options); };
  return result;
}

} // namespace reel::demo
