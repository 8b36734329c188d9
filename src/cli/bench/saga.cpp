#include "cli/bench/bench.hpp"
#include "cli/bench/child_process.hpp"
#include "cli/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace reel::cli::bench {

namespace {

struct variant {
  std::string name;
  std::vector<std::string> options;
};

row row_of(const workload& work, const saga_settings& settings, const variant& v) {
  std::vector<std::string> arguments{"demo", work.demo_flows, std::to_string(settings.flows), "--json"};
  arguments.insert(arguments.end(), work.demo_options.begin(), work.demo_options.end());
  arguments.insert(arguments.end(), v.options.begin(), v.options.end());
  const auto done = run_self(arguments);
  if (done.status != 0) {
    throw std::runtime_error(fmt::format("{}: the demo ended with status {}", v.name, done.status));
  }
  const auto result = nlohmann::json::parse(done.output);
  const auto flows = static_cast<double>(settings.flows);
  const auto number = [&](const char* key) { return result.at(key).get<double>(); };
  const auto per_second = flows / number("seconds");
  const auto cpu = number("cpu_seconds") * 1000 / flows;
  const auto bytes = number("disk_bytes") / flows;
  const auto memory = number("peak_rss_bytes");
  const auto p99 = result.at("latency_ms").at("p99").get<double>();
  const bool on_disk = result.at("durability") != "broker";
  return {v.name,
          {{grouped(static_cast<std::uint64_t>(per_second)), "", per_second},
           {fmt::format("{:.1f} ms", p99), "", p99},
           {fmt::format("{:.4f} s", cpu), "", cpu},
           {on_disk ? fmt::format("{:.0f}", bytes) : "-", "", bytes, on_disk},
           {human_bytes(static_cast<std::uint64_t>(memory)), "", memory}}};
}

} // namespace

report measure_saga(const workload& work, const saga_settings& settings) {
  report r;
  r.name = "saga";
  r.question = fmt::format("{} flows at saturation, from their first event to their last", grouped(settings.flows));
  r.columns = {{"flows/s", "flows_per_second"},
               {"p99", "p99_ms"},
               {"processor per 1,000", "cpu_seconds_per_1000"},
               {"bytes per flow", "disk_bytes_per_flow"},
               {"peak memory", "peak_rss_bytes"}};
  std::vector<variant> variants{{"embedded, fsync", {"--durability", "fsync"}},
                                {"embedded, os", {"--durability", "os"}}};
  if (!settings.broker.empty()) {
    variants.push_back({"nats", {"--data", settings.broker}});
  }
  for (const auto& v : variants) {
    r.rows.push_back(row_of(work, settings, v));
  }
  r.notes = {"Each row is a process of its own. The processor's time includes the check of all journals after the run.",
             "Bytes are those of journals, snapshots and read models on this node."};
  if (settings.broker.empty()) {
    r.notes.emplace_back("nats: not measured; give a running server with --broker nats://127.0.0.1:4222/bench");
  }
  return r;
}

} // namespace reel::cli::bench
