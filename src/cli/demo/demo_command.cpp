#include "cli/demo/demo_command.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <string>

namespace reel::demo {
namespace {

using fault = std::optional<std::string>;

/// A decimal number from the whole text.
std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

fault set_share(std::string_view text, double& into) {
  const auto share = parse_share(text);
  if (!share)
    return fmt::format("{} is no share: expected a number from 0 to 1, or a percentage such as 5%", text);
  into = *share;
  return std::nullopt;
}

fault set_count(std::string_view text, std::uint64_t min, std::uint64_t max, std::uint64_t& into) {
  const auto count = parse_count(text);
  if (!count || *count < min || *count > max)
    return fmt::format("{} is no number from {} to {}", text, min, max);
  into = *count;
  return std::nullopt;
}

fault set_rate(std::string_view text, double& into) {
  constexpr double rate_max = 1e7;
  const auto rate = parse_number(text);
  if (!rate || *rate <= 0 || *rate > rate_max)
    return fmt::format("{} is no rate: expected orders per second, more than 0 and at most {}", text, rate_max);
  into = *rate;
  return std::nullopt;
}

fault set_durability(std::string_view text, bool& fsync) {
  if (text != "fsync" && text != "os")
    return fmt::format("{} is no durability: expected fsync or os", text);
  fsync = text == "fsync";
  return std::nullopt;
}

fault set_text(std::string_view text, std::string& into) {
  if (text.empty())
    return "expected a name, not an empty text";
  into = text;
  return std::nullopt;
}

fault check(const demo_options& options) {
  if (!options.input.empty() && options.orders_given)
    return "--orders counts generated orders and has no meaning with --input";
  return std::nullopt;
}

std::vector<command_option> what_happens(const std::shared_ptr<demo_options>& o) {
  return {
      {"--orders", "N", "Generate N orders (default 20000)",
       [o](auto text) {
         o->orders_given = true;
         return set_count(text, 1, demo_orders_max, o->orders);
       }},
      {"--input", "FILE",
       "Read the orders from a CSV file (order,customer,sku,quantity,unit_price, or the UCI Online Retail file as it "
       "is) or from "
       "JSON lines",
       [o](auto text) { return set_text(text, o->input); }},
      {"--stock", "N",
       "Stock N pieces of each SKU (default: what is ordered, but less of some, so that a few orders run short)",
       [o](auto text) {
         std::uint64_t stock = 0;
         auto wrong = set_count(text, 0, demo_orders_max, stock);
         o->stock = stock;
         return wrong;
       }},
      {"--payment-failures", "P", "Share of payments that are declined: 0.05 or 5% (default 5%)",
       [o](auto text) { return set_share(text, o->payment_failures); }},
      {"--shipping-failures", "P", "Share of orders that no carrier takes (default 3%)",
       [o](auto text) { return set_share(text, o->shipping_failures); }},
      {"--cancellations", "P", "Share of orders that their customer cancels on the way (default 2%; 0 with --input)",
       [o](auto text) {
         double share = 0;
         auto wrong = set_share(text, share);
         o->cancellations = share;
         return wrong;
       }},
      {"--seed", "S", "Another seed makes other orders and failures, the same one the same (default 1)",
       [o](auto text) { return set_count(text, 0, 1'000'000'000'000'000'000, o->seed); }},
  };
}

std::vector<command_option> how_it_runs(const std::shared_ptr<demo_options>& o) {
  return {
      {"--rate", "R", "Let R orders per second in, whether the services keep up or not (default: as fast as it goes)",
       [o](auto text) { return set_rate(text, o->rate); }},
      {"--partitions", "P",
       fmt::format("Partitions of each service, 1 to {} (default {})", demo_partitions_max, o->partitions),
       [o](auto text) {
         std::uint64_t partitions = o->partitions;
         auto wrong = set_count(text, 1, demo_partitions_max, partitions);
         o->partitions = static_cast<std::uint32_t>(partitions);
         return wrong;
       }},
      {"--data", "DIR|URL",
       "Keep the journals there, in a directory or on brokers (nats://HOST:PORT); the same command goes on where it "
       "was "
       "interrupted (default: a fresh temporary directory)",
       [o](auto text) { return set_text(text, o->data); }},
      {"--durability", "fsync|os",
       "When an event counts as stored: on the disk, or with the operating system (default fsync)",
       [o](auto text) { return set_durability(text, o->fsync); }},
      {"--keep", "", "Keep the temporary directory",
       [o](auto) -> fault {
         o->keep = true;
         return std::nullopt;
       }},
      {"--json", "", "Print the summary as one JSON object",
       [o](auto) -> fault {
         o->json = true;
         return std::nullopt;
       }},
  };
}

} // namespace

std::optional<double> parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent)
    text.remove_suffix(1);
  while (percent && text.ends_with(' '))
    text.remove_suffix(1);
  auto value = parse_number(text);
  if (!value)
    return std::nullopt;
  const double share = percent ? *value / 100 : *value;
  if (!(share >= 0 && share <= 1))
    return std::nullopt;
  return share;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  constexpr std::uint64_t count_max = 1'000'000'000'000'000'000;
  std::uint64_t unit = 1;
  if (text.ends_with('k'))
    unit = 1000;
  if (text.ends_with('M'))
    unit = 1'000'000;
  if (unit > 1)
    text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value > count_max / unit)
    return std::nullopt;
  return value * unit;
}

command demo_command(std::function<int(const demo_options&)> run) {
  const auto options = std::make_shared<demo_options>();
  command result;
  result.name = "demo";
  result.description = "Run orders through the shop: choreography and compensation at work, with a summary at the end";
  result.starts = true;
  result.options = what_happens(options);
  for (auto& option : how_it_runs(options))
    result.options.push_back(std::move(option));
  result.check = [options] { return check(*options); };
  result.run = [options, run = std::move(run)] { return run(*options); };
  return result;
}

} // namespace reel::demo
