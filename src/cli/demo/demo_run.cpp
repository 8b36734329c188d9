#include "cli/demo/demo_run.hpp"

#include "actors/shop.hpp"
#include "cli/broker.hpp"
#include "cli/demo/order_feed.hpp"
#include "cli/demo/order_input.hpp"
#include "cli/demo/run_monitor.hpp"
#include "cli/demo/stock_plan.hpp"
#include "cli/demo/synthetic_orders.hpp"
#include "cli/logging.hpp"
#include "cli/node_views.hpp"
#include "cli/progress.hpp"
#include "cli/summary.hpp"
#include "cli/terminal.hpp"
#include "cli/verify.hpp"
#include "core/public_urls.hpp"
#include "runtime/node.hpp"
#include "transport/embedded/embedded_log.hpp"
#include "transport/embedded/embedded_snapshots.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace reel::demo {

namespace {

/// Orders that are under way at once when no rate is given.
constexpr std::uint64_t open_orders_max = 4000;
/// A cancellation follows its order within this many orders, so that it meets it anywhere on its way.
constexpr std::uint64_t cancel_distance_max = 3000;
constexpr long tick_ns = 50'000'000;
constexpr auto stop_wait = std::chrono::milliseconds(1800);
/// The most that an interrupted run spends on checking its journals before it ends.
constexpr auto interrupted_check_wait = std::chrono::milliseconds(800);

timestamp wall_clock() {
  return timestamp(std::chrono::system_clock::now());
}

std::chrono::nanoseconds steady_clock() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// SIGINT and SIGTERM, taken synchronously by one thread; the others have them blocked.
class stop_signals {
public:
  stop_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  /// Waits at most one tick. True when a signal came.
  [[nodiscard]] bool wait_tick() const {
    return wait(tick_ns);
  }
  /// True when a signal has come.
  [[nodiscard]] bool arrived() const {
    return wait(0);
  }

private:
  [[nodiscard]] bool wait(long nanoseconds) const {
    const timespec limit{0, nanoseconds};
    return sigtimedwait(&set_, nullptr, &limit) > 0;
  }

  sigset_t set_{};
};

/// A directory for journals, snapshots and read models: the one asked for, or a temporary one that goes away with it.
class data_directory {
public:
  explicit data_directory(const demo_options& options)
      : temporary_(options.data.empty() || cli::names_broker(options.data)), keep_(options.keep) {
    if (!temporary_) {
      path_ = options.data;
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

std::unique_ptr<order_source> open_source(const demo_options& options) {
  if (options.input.empty()) {
    return make_synthetic_orders({options.orders, options.seed, options.cancellation_ppm()});
  }
  auto opened = open_orders({options.input, {options.cancellation_ppm(), options.seed}});
  if (!opened) {
    refuse(opened.error());
  }
  return std::move(*opened);
}

/// One run of the demo, from opening the journals to the report.
class demo {
public:
  explicit demo(const demo_options& options)
      : options_(options), directory_(options), orders_(open_source(options)), started_(wall_clock()) {
    const shop::shop_options shop{options.payment_failures, options.shipping_failures, options.seed};
    plan_ = std::make_shared<const runtime::plan>(shop::choreography(shop),
                                                  runtime::plan_options{"demo", options.partitions});
    monitor_ = std::make_shared<run_monitor>(plan_, started_);
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
    node.feed_source("intake", make_feed());
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
    report_.title = orders_->title();
    report_.durability = on_broker() ? "broker" : options_.fsync ? "fsync" : "os";
    report_.partitions = options_.partitions;
    report_.directory = on_broker() ? core::public_urls(options_.data) : directory_.path().string();
    report_.directory_kept = on_broker() || directory_.kept();
    report_.rejected_lines = orders_->rejected_count();
    report_.rejected_orders = orders_->rejected_orders();
    for (const auto& fault : orders_->rejected()) {
      report_.rejected_first.push_back({fault.line, fault.reason});
    }
    orders_total_ = orders_->total();
  }

  [[nodiscard]] bool on_broker() const {
    return cli::names_broker(options_.data);
  }

  void open_log() {
    snapshots_ = std::make_unique<transport::embedded_snapshots>(directory_.path());
    if (on_broker()) {
      const auto place = cli::parse_broker(options_.data);
      if (!place) {
        refuse(place.error());
      }
      auto opened = cli::open_broker(*place, &plan_->registry);
      if (!opened) {
        refuse(opened.error());
      }
      log_ = std::move(*opened);
      return;
    }
    transport::embedded_options options;
    options.directory = directory_.path();
    options.durability = options_.fsync ? transport::durability::fsync : transport::durability::os;
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

  std::shared_ptr<runtime::feed> make_feed() {
    auto goods = plan_stock(orders_->demand(), options_.stock);
    auto identity = fmt::format("{}; stock {}; payment failures {}; shipping failures {}; seed {}", orders_->identity(),
                                options_.stock ? std::to_string(*options_.stock) : "by demand",
                                options_.payment_failures, options_.shipping_failures, options_.seed);
    feed_pace pace;
    pace.open_orders_max = open_orders_max;
    pace.rate = options_.rate;
    pace.ended = [monitor = monitor_] { return monitor->now().ended.load(); };
    pace.now = steady_clock;
    const auto distance = options_.input.empty() ? cancel_distance_max : 0;
    return std::make_shared<order_feed>(std::move(orders_), std::move(goods), distance, std::move(identity),
                                        std::move(pace));
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

  void watch(runtime::node& node) {
    cli::progress_display display;
    std::uint32_t rests = 0;
    while (rests < 2 && !report_.interrupted && node.status().alarms().empty()) {
      report_.interrupted = signals_.wait_tick();
      const bool fed = monitor_->now().created.load() >= orders_total_;
      rests = at_rest(node) && fed ? rests + 1 : 0;
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
    state.orders_done = counts.ended;
    state.orders_total = orders_total_;
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
    report_.orders = counts.created;
    report_.cancelled = counts.cancelled;
    report_.completed = counts.ended - counts.cancelled;
    report_.recovered_orders = counts.created_before;
    report_.recovered_events = counts.events_before;
    report_.orders_ended_now = counts.ended - counts.ended_before;
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
    report_.completed = statistics.ended("shop.orders.OrderCompleted");
    report_.cancelled = statistics.ended("shop.orders.OrderCancelled");
    for (const auto& [reason, count] : statistics.reasons("shop.orders.OrderCancelled")) {
      report_.cancelled_because.push_back({std::string(reason), count});
    }
    for (const auto& [type, count] : statistics.by_type()) {
      report_.events_by_type.push_back({std::string(type), count});
    }
    const auto ms = [&](double q) { return static_cast<double>(statistics.latency().quantile(q)) / 1e6; };
    report_.latency_ms = {ms(0.5), ms(0.95), ms(0.99), static_cast<double>(statistics.latency().max()) / 1e6};
    report_.invariants = checked->invariants;
    if (auto story = statistics.plain_example()) {
      report_.timelines.push_back({"Order " + story->flow + ", completed", std::move(*story)});
    }
    if (auto story = statistics.compensated_example()) {
      report_.timelines.push_back({"Order " + story->flow + ", undone", std::move(*story)});
    }
  }

  int finish() {
    for (const auto& alarm : alarms_) {
      fmt::print(stderr, "error: {}\n", alarm);
    }
    if (!alarms_.empty()) {
      return 1; // what was counted before the alarm would only mislead
    }
    if (options_.json) {
      fmt::print("{}\n", cli::summary_json(report_));
    } else {
      fmt::print("{}", cli::summary_text(report_, cli::wants_colour(stdout)));
    }
    return report_.invariants_hold() ? 0 : 1;
  }

  demo_options options_;
  stop_signals signals_; // before any thread is started
  data_directory directory_;
  std::unique_ptr<order_source> orders_;
  timestamp started_;
  std::shared_ptr<const runtime::plan> plan_;
  std::shared_ptr<run_monitor> monitor_;
  std::vector<std::shared_ptr<runtime::followed_consumer>> views_;
  std::unique_ptr<transport::log> log_;
  std::unique_ptr<transport::embedded_snapshots> snapshots_;
  cli::run_report report_;
  std::vector<std::string> alarms_;
  std::uint64_t orders_total_ = 0;
  std::uint64_t last_heads_ = 0;
};

} // namespace

int run_demo(const demo_options& options) {
  cli::log_to_standard_error();
  try {
    return demo(options).run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

} // namespace reel::demo
