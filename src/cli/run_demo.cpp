#include "cli/broker.hpp"
#include "cli/command_host.hpp"
#include "cli/logging.hpp"
#include "cli/node_views.hpp"
#include "cli/progress.hpp"
#include "cli/run_monitor.hpp"
#include "cli/stop_signals.hpp"
#include "cli/summary.hpp"
#include "cli/terminal.hpp"
#include "cli/verify.hpp"
#include "core/public_urls.hpp"
#include "runtime/node.hpp"
#include "transport/embedded/embedded_log.hpp"
#include "transport/embedded/embedded_snapshots.hpp"

#include <reel/demo.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace reel {

namespace {

/// Flows that are under way at once when no rate is given.
constexpr std::uint64_t open_flows_max = 4000;
constexpr auto stop_wait = std::chrono::milliseconds(1800);
/// The most that an interrupted run spends on checking its journals before it ends.
constexpr auto interrupted_check_wait = std::chrono::milliseconds(800);

timestamp wall_clock() {
  return timestamp(std::chrono::system_clock::now());
}

std::chrono::nanoseconds steady_clock() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// A directory for journals, snapshots and read models: the one asked for, or a temporary one that goes away with it.
class data_directory {
public:
  explicit data_directory(const demo_settings& settings)
      : temporary_(settings.data.empty() || cli::names_broker(settings.data)), keep_(settings.keep) {
    if (!temporary_) {
      path_ = settings.data;
      std::filesystem::create_directories(path_);
      return;
    }
    auto name = (std::filesystem::temp_directory_path() / "reel-demo-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("cannot make a temporary directory at " + name);
    }
    path_ = name;
  }
  ~data_directory() {
    if (temporary_ && !keep_) {
      std::error_code ignored; // a left-over temporary directory is no reason to fail
      std::filesystem::remove_all(path_, ignored);
    }
  }
  data_directory(const data_directory&) = delete;
  data_directory& operator=(const data_directory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept {
    return path_;
  }
  [[nodiscard]] bool kept() const noexcept {
    return !temporary_ || keep_;
  }

private:
  std::filesystem::path path_;
  bool temporary_;
  bool keep_;
};

[[noreturn]] void refuse(const core::error& error) {
  throw std::runtime_error(error.what);
}

/// One run of the demo, from opening the journals to the report.
class local_run {
public:
  local_run(const demo_settings& settings, demo_input input)
      : settings_(settings), input_(std::move(input)), directory_(settings), started_(wall_clock()) {
    plan_ =
        std::make_shared<const runtime::plan>(input_.choreography, runtime::plan_options{"demo", settings.partitions});
    monitor_ = std::make_shared<cli::run_monitor>(plan_, started_);
    note_input();
  }

  int run() {
    open_log();
    runtime::actor_host host(std::max(2U, std::thread::hardware_concurrency()));
    runtime::node node(host.system(), make_environment());
    if (auto opened = node.open(); !opened) {
      refuse(opened.error());
    }
    report_.recovered = has_history(node);
    node.feed_source(input_.source, make_feed());
    node.observe(monitor_, false);
    observe_views(node);
    node.start();
    watch(node);
    stop(node);
    snapshots_.reset();
    conclude(node);
    return finish();
  }

private:
  void note_input() {
    report_.title = input_.title;
    report_.flow = flow().name;
    report_.plural = flow().plural;
    report_.durability = on_broker() ? "broker" : settings_.fsync ? "fsync" : "os";
    report_.partitions = settings_.partitions;
    report_.directory = on_broker() ? core::public_urls(settings_.data) : directory_.path().string();
    report_.directory_kept = on_broker() || directory_.kept();
    report_.rejected_lines = input_.rejected_lines;
    report_.rejected_flows = input_.rejected_flows;
    for (const auto& fault : input_.rejected_first) {
      report_.rejected_first.push_back({fault.line, fault.reason});
    }
  }

  [[nodiscard]] const flow_info& flow() const noexcept {
    return plan_->choreography.flow;
  }

  [[nodiscard]] bool on_broker() const {
    return cli::names_broker(settings_.data);
  }

  void open_log() {
    snapshots_ = std::make_unique<transport::embedded_snapshots>(directory_.path());
    if (on_broker()) {
      const auto place = cli::parse_broker(settings_.data);
      if (!place) {
        refuse(place.error());
      }
      transport::nats_options options;
      options.urls = place->urls;
      options.prefix = place->prefix;
      options.registry = &plan_->registry;
      auto opened = cli::open_broker(std::move(options));
      if (!opened) {
        refuse(opened.error());
      }
      log_ = std::move(*opened);
      return;
    }
    transport::embedded_options options;
    options.directory = directory_.path();
    options.durability = settings_.fsync ? transport::durability::fsync : transport::durability::os;
    options.registry = &plan_->registry;
    auto opened = transport::embedded_log::open(options);
    if (!opened) {
      refuse(opened.error());
    }
    log_ = std::move(*opened);
  }

  runtime::environment make_environment() {
    runtime::environment env;
    env.plan_ = plan_;
    env.log = log_.get();
    env.snapshots = snapshots_.get();
    env.now = wall_clock;
    env.status = std::make_shared<runtime::node_status>(plan_->journals.size());
    return env;
  }

  std::shared_ptr<feed> make_feed() {
    feed_pace pace;
    pace.open_flows_max = open_flows_max;
    pace.rate = settings_.rate;
    pace.ended = [monitor = monitor_] { return monitor->now().ended.load(); };
    pace.now = steady_clock;
    return input_.make_feed(std::move(pace));
  }

  void observe_views(runtime::node& node) {
    views_ = cli::make_node_views(plan_, directory_.path() / "views");
    for (const auto& view : views_) {
      node.observe(view, true);
    }
  }

  [[nodiscard]] static bool has_history(const runtime::node& node) {
    for (std::size_t j = 0; j < node.plan().journals.size(); ++j) {
      if (node.status().head(j) > 1) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool all_running(const runtime::node& node) const {
    for (std::size_t j = 0; j < plan_->journals.size(); ++j) {
      if (!node.status().partition(j).running) {
        return false;
      }
    }
    return true;
  }

  /// Nothing is on its way: everybody has handled all there is.
  [[nodiscard]] bool at_rest(const runtime::node& node) {
    std::uint64_t heads = 0;
    bool caught_up = node.at_rest();
    for (std::size_t j = 0; j < plan_->journals.size(); ++j) {
      heads += node.head(j);
      caught_up = caught_up && monitor_->seen(j) >= node.head(j);
    }
    for (const auto& view : views_) {
      caught_up = caught_up && view->caught_up([&](std::size_t j) { return node.head(j); });
    }
    const bool same = heads == last_heads_;
    last_heads_ = heads;
    return caught_up && same;
  }

  /// A deadline will end a flow that is open, though everybody is at rest.
  [[nodiscard]] bool is_timed(const runtime::node& node) const {
    std::uint64_t timers = 0;
    for (std::size_t j = 0; j < plan_->journals.size(); ++j) {
      timers += node.status().partition(j).timers;
    }
    const auto& counts = monitor_->now();
    return timers > 0 && counts.ended < counts.begun;
  }

  void watch(runtime::node& node) {
    cli::progress_display display;
    std::uint32_t rests = 0;
    while (rests < 2 && !report_.interrupted && node.status().alarms().empty()) {
      report_.interrupted = signals_.wait_tick();
      const bool fed = monitor_->now().begun.load() >= input_.total;
      rests = at_rest(node) && fed && !is_timed(node) ? rests + 1 : 0;
      display.update(progress(node));
    }
    display.clear();
  }

  cli::progress_state progress(const runtime::node& node) {
    cli::progress_state state;
    const auto& counts = monitor_->now();
    state.phase = all_running(node) ? "running" : "recovering";
    if (state.phase == "running" && report_.recovery_seconds == 0) {
      report_.recovery_seconds = seconds_since_start();
    }
    state.seconds = seconds_since_start();
    state.flows = flow().plural;
    state.flows_done = counts.ended;
    state.flows_total = input_.total;
    state.events = counts.events;
    state.compensations = counts.compensations;
    state.dead_letters = counts.dead_letters;
    for (std::size_t s = 0; s < plan_->services.size(); ++s) {
      if (!plan_->services[s].is_source) {
        state.lags.push_back({plan_->services[s].info.name, node.lag_frames(s)});
      }
    }
    return state;
  }

  [[nodiscard]] double seconds_since_start() const {
    return std::chrono::duration<double>(wall_clock() - started_).count();
  }

  void stop(runtime::node& node) {
    node.begin_stop();
    const auto deadline = steady_clock() + stop_wait;
    while (!node.ended() && steady_clock() < deadline) {
      if (signals_.wait_tick()) {
        exit_at_once();
      }
    }
    if (!node.await_stop(std::chrono::milliseconds(1))) {
      spdlog::error("demo.stop_incomplete");
    }
  }

  /// Asked twice: committed frames are safe, the rest is read again.
  [[noreturn]] static void exit_at_once() {
    std::_Exit(130);
  }

  /// What the run was, from the monitor and then from the journals alone.
  void conclude(const runtime::node& node) {
    const auto& counts = monitor_->now();
    alarms_ = node.status().alarms();
    report_.flows = counts.begun;
    report_.cancelled = counts.cancelled;
    report_.completed = counts.ended - counts.cancelled;
    report_.recovered_flows = counts.begun_before;
    report_.recovered_events = counts.events_before;
    report_.flows_ended_now = counts.ended - counts.ended_before;
    report_.events = counts.events;
    report_.events_now = counts.events - counts.events_before;
    report_.compensations = counts.compensations;
    report_.dead_letters = counts.dead_letters;
    const bool nothing_new = counts.first_live == 0;
    report_.seconds =
        nothing_new ? 0 : std::max<double>(0, static_cast<double>(counts.last_end - counts.first_live) / 1e9);
    report_.cpu_seconds = cli::process_cpu_seconds();
    report_.peak_rss_bytes = cli::peak_rss_bytes();
    if (alarms_.empty()) {
      check();
    }
    log_.reset(); // the last checkpoint belongs to the bytes on disk
    report_.disk_bytes = cli::directory_bytes(directory_.path().string());
  }

  void check() {
    cli::verify_options options;
    if (report_.interrupted) { // who stops a run does not wait long for its check
      options.quiescent = false;
      options.give_up = [this, until = steady_clock() + interrupted_check_wait] {
        if (signals_.arrived()) {
          exit_at_once();
        }
        return steady_clock() > until;
      };
    }
    auto checked = cli::verify(*log_, plan_->choreography, options);
    if (!checked) {
      refuse(checked.error());
    }
    report_.checked = checked->complete;
    if (!checked->complete) {
      return;
    }
    const auto& statistics = *checked->statistics;
    const auto name_of = [this](event_type_id type) {
      return plan_->registry.events()[plan_->registry.index_of(type)].name;
    };
    report_.completed = statistics.ended(name_of(flow().completes));
    report_.cancelled = statistics.ended(name_of(flow().cancels));
    for (const auto& [reason, count] : statistics.reasons(name_of(flow().cancels))) {
      report_.cancelled_because.push_back({std::string(reason), count});
    }
    for (const auto& [type, count] : statistics.by_type()) {
      report_.events_by_type.push_back({std::string(type), count});
    }
    const auto ms = [&](double q) { return static_cast<double>(statistics.latency().quantile(q)) / 1e6; };
    report_.latency_ms = {ms(0.5), ms(0.95), ms(0.99), static_cast<double>(statistics.latency().max()) / 1e6};
    report_.invariants = checked->invariants;
    report_.waiting_for_compensation = checked->waiting.size();
    if (auto story = statistics.plain_example()) {
      report_.timelines.push_back({titled(story->flow) + ", completed", std::move(*story)});
    }
    if (auto story = statistics.compensated_example()) {
      report_.timelines.push_back({titled(story->flow) + ", undone", std::move(*story)});
    }
  }

  /// "Order 17"
  [[nodiscard]] std::string titled(const std::string& key) const {
    auto title = flow().name + " " + key;
    title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
    return title;
  }

  int finish() {
    for (const auto& alarm : alarms_) {
      fmt::print(stderr, "error: {}\n", alarm);
    }
    if (!alarms_.empty()) {
      return 1; // what was counted before the alarm would only mislead
    }
    if (settings_.json) {
      fmt::print("{}\n", cli::summary_json(report_));
    } else {
      fmt::print("{}", cli::summary_text(report_, cli::wants_colour(stdout)));
    }
    return !report_.invariants_hold()             ? cli::failure
           : report_.waiting_for_compensation > 0 ? cli::waiting
                                                  : cli::success;
  }

  demo_settings settings_;
  demo_input input_;
  cli::stop_signals signals_; // before any thread is started
  data_directory directory_;
  timestamp started_;
  std::shared_ptr<const runtime::plan> plan_;
  std::shared_ptr<cli::run_monitor> monitor_;
  std::vector<std::shared_ptr<runtime::followed_consumer>> views_;
  std::unique_ptr<transport::log> log_;
  std::unique_ptr<transport::embedded_snapshots> snapshots_;
  cli::run_report report_;
  std::vector<std::string> alarms_;
  std::uint64_t last_heads_ = 0;
};

} // namespace

int run_demo(const demo_settings& settings, demo_input input) {
  cli::log_to_standard_error();
  try {
    if (input.choreography.flow.begins == event_type_id{}) {
      throw std::invalid_argument("the choreography does not say what its flows are; add .flows<...>(\"order\") to it");
    }
    return local_run(settings, std::move(input)).run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

} // namespace reel
