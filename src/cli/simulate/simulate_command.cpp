#include "cli/simulate/search.hpp"

#include <reel/options.hpp>
#include <reel/simulate.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <thread>

namespace reel {

namespace {

using cli::fault_kinds;
using cli::search_settings;

using wrong = std::optional<std::string>;

volatile std::sig_atomic_t interrupted = 0;

struct options {
  search_settings search;
  std::uint64_t threads = 0;
  bool json = false;
  bool trace = false;
};

/// "7" or "1..1000".
wrong set_seeds(std::string_view text, search_settings& into) {
  const auto dots = text.find("..");
  const auto first = parse_count(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : parse_count(text.substr(dots + 2));
  if (!first || !last || *first < 1 || *last < *first)
    return fmt::format("{} is no range of seeds: expected one as 17 or several as 1..1000", text);
  into.first = *first;
  into.last = *last;
  return std::nullopt;
}

wrong set_faults(std::string_view text, search_settings& into) {
  const auto faults = cli::parse_faults(text);
  if (!faults)
    return faults.error().what;
  into.faults = *faults;
  return std::nullopt;
}

wrong set_hours(std::string_view text, search_settings& into) {
  const auto hours = parse_number(text);
  if (!hours || *hours <= 0)
    return fmt::format("{} is no number of hours: expected one such as 0.5 or 100", text);
  into.virtual_hours_max = *hours;
  return std::nullopt;
}

std::string faults_help() {
  std::string text = "Inject only these: all (default), none, or some of\n";
  for (const auto& kind : fault_kinds())
    text += fmt::format("{}: {}\n", kind.name, kind.what);
  text.pop_back();
  return text;
}

std::vector<command_option> options_of(const std::shared_ptr<options>& o, const std::string& flows) {
  const auto member = [&o](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(o, &value); };
  const auto search = member(o->search);
  return {
      {"--seeds", "A..B", "Run these seeds (default 1..100); a single one as --seeds 17",
       [search](std::string_view text) { return set_seeds(text, *search); }},
      count_option("--" + flows, fmt::format("Let N {} come in in each run (default {})", flows, o->search.flows),
                   member(o->search.flows), 1, 1'000'000),
      {"--faults", "LIST", faults_help(), [search](std::string_view text) { return set_faults(text, *search); }},
      {"--hours", "H", "Stop when the runs have simulated so many hours",
       [search](std::string_view text) { return set_hours(text, *search); }},
      count_option("--threads", "Run N seeds at once (default: one for each core)", member(o->threads), 1, 256),
      text_option("--regressions", "FILE",
                  "Run the failures that this file keeps first, and add what fails now; made when it does not exist",
                  member(o->search.regressions)),
      flag_option("--trace", "Print all that the world does to the program, step by step; for one seed",
                  member(o->trace)),
      flag_option("--json", "Print one JSON object", member(o->json)),
  };
}

int run(const simulated_program& program, options o) {
  // What the actors log has the wall clock's times and any order of threads: not what a simulation should print.
  spdlog::set_level(spdlog::level::off);
  o.search.threads = o.threads != 0 ? o.threads : std::max(1U, std::thread::hardware_concurrency());
  if (o.trace)
    o.search.trace = [](std::string_view line) { fmt::print("{}\n", line); };
  std::signal(SIGINT, [](int) { interrupted = 1; });
  o.search.give_up = [] { return interrupted != 0; };
  o.search.progress = true;
  const auto found = cli::search(program, o.search);
  if (!found) {
    fmt::print(stderr, "error: {}\n", found.error().what);
    return 1;
  }
  fmt::print("{}", o.json ? cli::search_json(*found) : cli::search_text(*found));
  return found->failed.empty() && found->passed > 0 ? 0 : 1;
}

} // namespace

command simulate_command(simulated_program program) {
  const auto o = std::make_shared<options>();
  o->search.flows = program.flows_default;
  o->search.faults = *cli::parse_faults("all");
  command result;
  result.name = "simulate";
  result.description =
      "Run whole lives of the choreography under faults, in virtual time, one for each seed, and judge "
      "each by its journals";
  result.options = options_of(o, program.flows);
  result.starts = true;
  result.check = [o]() -> wrong {
    if (o->trace && o->search.first != o->search.last)
      return "--trace is for one seed: --seeds 17 --trace";
    return std::nullopt;
  };
  result.run = [o, program = std::move(program)] { return run(program, *o); };
  return result;
}

} // namespace reel
