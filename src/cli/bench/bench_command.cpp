#include "cli/bench/bench.hpp"

#include <reel/options.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

namespace reel::cli::bench {

namespace {

using wrong = std::optional<std::string>;
using measure = std::function<std::vector<report>()>;

struct output {
  bool json = false;
  std::string file;
};

wrong set_rates(std::string_view text, std::vector<double>& into) {
  std::vector<double> rates;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    const auto rate = parse_count(word);
    if (!rate || *rate == 0)
      return fmt::format("{} is no rate: expected flows per second such as 1k,10k,50k", word);
    rates.push_back(static_cast<double>(*rate));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  if (rates.empty())
    return "expected flows per second such as 1k,10k,50k";
  into = rates;
  return std::nullopt;
}

int print(const output& where, const std::vector<report>& reports) {
  nlohmann::ordered_json all{{"machine", machine_text()}, {"reports", nlohmann::ordered_json::array()}};
  for (const auto& r : reports)
    all["reports"].push_back(report_json(r));
  if (!where.file.empty()) {
    std::ofstream out(where.file);
    out << all.dump(2) << '\n';
    out.flush();
    if (!out) {
      fmt::print(stderr, "error: {} cannot be written\n", where.file);
      return 1;
    }
  }
  if (where.json) {
    fmt::print("{}\n", all.dump());
    return 0;
  }
  fmt::print("{}\n", machine_text());
  for (const auto& r : reports)
    fmt::print("\n{}", report_text(r));
  return 0;
}

command one(std::string name, std::string description, std::vector<command_option> options, measure run) {
  const auto where = std::make_shared<output>();
  const auto member = [&where](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(where, &value); };
  options.push_back(flag_option("--json", "Print one JSON object", member(where->json)));
  options.push_back(text_option("--out", "FILE", "Write it to this file, too, as JSON", member(where->file)));
  command result;
  result.name = std::move(name);
  result.description = std::move(description);
  result.options = std::move(options);
  result.starts = true;
  result.run = [where, run = std::move(run)] {
    try {
      return print(*where, run());
    } catch (const std::exception& error) {
      fmt::print(stderr, "error: {}\n", error.what());
      return 1;
    }
  };
  return result;
}

struct all_settings {
  window_settings window;
  saga_settings saga;
  std::uint64_t seconds = 5;
};

std::vector<command_option> window_options(const std::shared_ptr<all_settings>& s) {
  return {{"--rate", "LIST", "Flows per second, one after the other (default 1k,10k,50k)",
           [s](std::string_view text) { return set_rates(text, s->window.rates); }},
          count_option("--seconds", "Keep each rate up for N seconds (default 5)",
                       std::shared_ptr<std::uint64_t>(s, &s->seconds), 1, 3600)};
}

std::vector<command_option> saga_options(const std::shared_ptr<all_settings>& s) {
  return {count_option("--flows", "Run N flows in each row (default 200000)",
                       std::shared_ptr<std::uint64_t>(s, &s->saga.flows), 1000, 100'000'000),
          text_option("--broker", "URL", "Measure this running nats-server as well: nats://127.0.0.1:4222/bench",
                      std::shared_ptr<std::string>(s, &s->saga.broker))};
}

} // namespace

command bench_command(workload work) {
  const auto s = std::make_shared<all_settings>();
  const auto window = [s, work] {
    s->window.seconds = static_cast<double>(s->seconds);
    return measure_window(work, s->window);
  };
  const auto saga = [s, work] { return measure_saga(work, s->saga); };
  command result;
  result.name = "bench";
  result.description = "Measure, here and now, what the specification has figures for";
  result.commands = {one("window", "How long until what happened can be seen in a read model, at several rates",
                         window_options(s), [window] { return std::vector{window()}; }),
                     one("saga", "Flows per second at saturation, and what one costs", saga_options(s),
                         [saga] { return std::vector{saga()}; }),
                     one("limits", "What disk and memory of this machine can do at most", {},
                         [] { return std::vector{measure_limits()}; })};
  const auto own = std::make_shared<std::vector<own_measure>>(work.own);
  for (auto& extra : *own) {
    const std::shared_ptr<std::uint64_t> number(own, &extra.number);
    const auto help = fmt::format("Measure with N {} (default {})", extra.size, extra.number);
    result.commands.push_back(one(extra.name, extra.description,
                                  {count_option("--" + extra.size, help, number, 1, 100'000'000)},
                                  [&extra, own] { return std::vector{extra.run(extra.number)}; }));
  }
  result.commands.push_back(one("all", "All of them, limits first", {}, [window, saga, own] {
    std::vector<report> reports{measure_limits()};
    for (const auto& extra : *own)
      reports.push_back(extra.run(extra.number));
    reports.push_back(window());
    reports.push_back(saga());
    return reports;
  }));
  return result;
}

} // namespace reel::cli::bench
