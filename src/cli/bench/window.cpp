#include "cli/bench/bench.hpp"
#include "cli/bench/visibility_probe.hpp"
#include "cli/stop_signals.hpp"
#include "runtime/node.hpp"
#include "runtime/projection_store.hpp"
#include "transport/embedded/embedded_log.hpp"
#include "transport/embedded/embedded_snapshots.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace reel::cli::bench {

namespace {

/// Not counted, of each rate: the first connections to files, and caches that are cold.
constexpr double warm_up_seconds = 0.5;
/// A rate is not reached when flows end this much later than they should.
constexpr double patience_seconds = 20;
constexpr auto stop_wait = std::chrono::seconds(5);

class scratch_directory {
public:
  scratch_directory() {
    auto name = (std::filesystem::temp_directory_path() / "reel-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("cannot make a temporary directory at " + name);
    }
    path = name;
  }
  ~scratch_directory() {
    std::error_code ignored; // a left-over temporary directory is no reason to fail
    std::filesystem::remove_all(path, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  std::filesystem::path path;
};

struct rate_result {
  histogram rows;
  histogram ends;
  bool reached = false;
  std::uint64_t ended = 0;
  std::uint64_t flows = 0;
};

rate_result run_rate(const workload& work, double rate, const window_settings& settings, const stop_signals& signals) {
  const auto flows = static_cast<std::uint64_t>(rate * (settings.seconds + warm_up_seconds));
  const auto input = work.make(flows);
  const scratch_directory directory;
  const auto plan =
      std::make_shared<const runtime::plan>(input.choreography, runtime::plan_options{"bench", settings.partitions});

  transport::embedded_options options;
  options.directory = directory.path;
  options.registry = &plan->registry;
  auto log = transport::embedded_log::open(options);
  if (!log) {
    throw std::runtime_error(log.error().what);
  }
  transport::embedded_snapshots snapshots(directory.path);

  runtime::environment env;
  env.plan_ = plan;
  env.log = log->get();
  env.snapshots = &snapshots;
  env.now = [] { return timestamp(std::chrono::system_clock::now()); };
  env.status = std::make_shared<runtime::node_status>(plan->journals.size());

  const auto clock = std::make_shared<open_loop_clock>(rate);
  const auto warm_up = static_cast<std::uint64_t>(rate * warm_up_seconds);
  const auto rows = std::make_shared<visibility_probe>(clock, warm_up);
  const auto ends = std::make_shared<visibility_probe>(clock, warm_up);
  const auto probe = std::make_shared<end_probe>(plan, ends);

  runtime::actor_host host(std::max(2U, std::thread::hardware_concurrency()));
  runtime::node node(host.system(), env);
  if (const auto opened = node.open(); !opened) {
    throw std::runtime_error(opened.error().what);
  }
  feed_pace pace;
  pace.rate = rate;
  pace.now = [clock] { return clock->pace_now(); };
  pace.ended = [probe] { return probe->ended(); };
  node.feed_source(input.source, input.make_feed(pace));
  node.observe(probe, false);
  bool has_view = false;
  for (const auto& make : plan->choreography.projections) {
    auto store = std::make_unique<runtime::projection_store>(plan, make(), directory.path / "views");
    const auto counts = has_view ? std::make_shared<visibility_probe>(clock, flows) : rows; // the first one is measured
    node.observe(std::make_shared<view_probe>(std::move(store), plan, counts), true);
    has_view = true;
  }
  node.start();

  const auto give_up = std::chrono::steady_clock::now() +
                       std::chrono::duration<double>(settings.seconds + warm_up_seconds + patience_seconds);
  while ((probe->ended() < flows || (has_view && rows->count() < flows)) && node.status().alarms().empty() &&
         std::chrono::steady_clock::now() < give_up) {
    if (signals.wait_tick()) {
      throw std::runtime_error("interrupted");
    }
  }
  node.begin_stop();
  if (!node.await_stop(stop_wait) || !node.status().alarms().empty()) {
    throw std::runtime_error(node.status().alarms().empty() ? "the node did not stop" : node.status().alarms().front());
  }
  return {rows->latencies(), ends->latencies(), probe->ended() == flows, probe->ended(), flows};
}

constexpr std::array quantiles{0.50, 0.95, 0.99};

/// The specification's milliseconds at p50, p95 and p99.
std::array<double, 3> specified(double rate) {
  if (rate == 1'000) {
    return {85, 320, 580};
  }
  if (rate == 10'000) {
    return {180, 650, 1'200};
  }
  return rate == 50'000 ? std::array<double, 3>{420, 1'800, 3'500} : std::array<double, 3>{};
}

row row_of(double rate, std::string_view what, const histogram& latencies, const rate_result& result) {
  row line{fmt::format("{:.0f}/s, {}", rate, what), {}};
  const auto bounds = specified(rate);
  double ours_p99 = 0;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const auto ms = static_cast<double>(latencies.quantile(quantiles[i])) / 1e6;
    ours_p99 = ms;
    const bool measured = result.reached && latencies.count() > 0;
    line.figures.push_back({measured ? fmt::format("{:.2f} ms", ms) : "not reached",
                            bounds[i] > 0 ? fmt::format("{:.0f} ms", bounds[i]) : "", ms, measured});
  }
  const bool comparable = result.reached && bounds[2] > 0 && ours_p99 > 0;
  const auto ratio = comparable ? bounds[2] / ours_p99 : 0;
  line.figures.push_back({comparable ? fmt::format("{:.0f} times lower", ratio) : "-", "", ratio, comparable});
  return line;
}

} // namespace

report measure_window(const workload& work, const window_settings& settings) {
  report r;
  r.name = "window";
  r.question = "how long until what happened can be seen";
  r.columns = {{"p50", "p50_ms"}, {"p95", "p95_ms"}, {"p99", "p99_ms"}, {"at p99", "times_lower_at_p99"}};
  const stop_signals signals; // before any thread is started
  for (const auto rate : settings.rates) {
    const auto result = run_rate(work, rate, settings, signals);
    r.rows.push_back(row_of(rate, "row in the read model", result.rows, result));
    r.rows.push_back(row_of(rate, "end of the flow", result.ends, result));
    if (!result.reached) {
      r.notes.push_back(fmt::format("{:.0f}/s: {} of {} flows ended within {:.0f} s after the last one came in", rate,
                                    result.ended, result.flows, patience_seconds));
    }
  }
  r.notes.insert(
      r.notes.begin(),
      {"In brackets: the specification's figures, measured on hardware of its own.",
       fmt::format("Open loop, {:.1f} s at each rate: a flow's time starts when it was due, not when the system "
                   "was ready for it; it includes the commit of its first event.",
                   settings.seconds),
       fmt::format("One node, embedded log, fsync, {} partitions per service, read model in SQLite.",
                   settings.partitions)});
  return r;
}

} // namespace reel::cli::bench
