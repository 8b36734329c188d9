#include "cli/command_host.hpp"
#include "cli/config/load_settings.hpp"
#include "cli/logging.hpp"
#include "cli/node_log.hpp"
#include "cli/node_views.hpp"
#include "cli/progress.hpp"
#include "cli/stop_signals.hpp"
#include "cli/submission.hpp"
#include "cli/submit_report.hpp"
#include "runtime/node.hpp"

#include <reel/submit.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include <unistd.h>

namespace reel {
namespace {

/// Flows that are under way at once when no rate is given.
constexpr std::uint64_t open_flows_max = 4000;
constexpr auto stop_wait = std::chrono::seconds(30);
constexpr int interrupted_status = 130;

timestamp wall_clock() {
  return timestamp{std::chrono::system_clock::now()};
}

std::chrono::nanoseconds steady_clock() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// One submission, from opening the journals to the summary.
class submit_run {
public:
  submit_run(const submit_settings& asked, const cli::settings& configured, demo_input input, cli::node_log opened)
      : asked_{asked}, settings_{&configured}, input_{std::move(input)}, opened_{std::move(opened)},
        started_{wall_clock()}, since_{steady_clock()} {}

  core::expected<int> run(const cli::stop_signals& signals) {
    auto feed = input_.make_feed(pace());
    report_.input = feed->identity();
    submission_ = std::make_shared<cli::submission>(opened_.plan,
                                                    cli::submission_options{feed->identity(), input_.source, started_});
    runtime::actor_host host(std::max(2U, std::thread::hardware_concurrency()));
    runtime::node node(host.system(), cli::make_environment(*settings_, opened_));
    if (auto good = node.open(); !good)
      return tl::unexpected(good.error());
    if (auto good = submission_->prepare(*opened_.log); !good)
      return tl::unexpected(good.error());
    node.feed_source(input_.source, [this, &node, first = std::move(feed)]() mutable {
      auto next = first != nullptr ? std::exchange(first, nullptr) : input_.make_feed(pace());
      return cli::submitted_feed(std::move(next), submission_, opened_.plan,
                                 [this, &node, from = std::optional<std::uint64_t>{}]() mutable {
                                   return source_is_known(node, from);
                                 });
    });
    node.observe(submission_, false);
    if (settings_->transport == cli::log_transport::embedded)
      observe_views(node);
    node.start();
    wait(node, signals);
    cli::stop_in_order(node, signals, stop_wait);
    const auto alarms = node.status().alarms();
    opened_.snapshots.reset();
    opened_.log.reset();
    return conclude(alarms);
  }

private:
  /// Those of the node that this process is.
  void observe_views(runtime::node& node) {
    for (const auto& view : cli::make_node_views(opened_.plan, settings_->data / "views",
                                                 [this](std::string_view name) { return settings_->keeps(name); }))
      node.observe(view, true);
  }

  feed_pace pace() {
    feed_pace result;
    result.open_flows_max = open_flows_max;
    result.rate = asked_.rate;
    result.ended = [this] { return submission_->now().ended + submission_->now().already_there; };
    result.now = steady_clock;
    return result;
  }

  /// The source is ours, and all that was in it then has been looked at.
  [[nodiscard]] bool source_is_known(const runtime::node& node, std::optional<std::uint64_t>& owned_from) const {
    const auto& source = node.status().partition(submission_->source_journal());
    if (!owned_from)
      owned_from = source.sequence.load();
    return submission_->source_seen() >= *owned_from;
  }

  [[nodiscard]] bool done() const {
    return asked_.wait ? submission_->over() : submission_->now().stored.load();
  }

  void wait(const runtime::node& node, const cli::stop_signals& signals) {
    cli::progress_display display;
    while (!done() && !report_.interrupted && !report_.timed_out && node.status().alarms().empty()) {
      report_.interrupted = signals.wait_tick();
      report_.timed_out = asked_.timeout.count() > 0 && steady_clock() - since_ > asked_.timeout;
      display.update(progress());
    }
    if (done())
      report_.interrupted = report_.timed_out = false;
    display.clear();
  }

  [[nodiscard]] cli::progress_state progress() const {
    const auto& counts = submission_->now();
    cli::progress_state state;
    state.phase = counts.begun == 0 ? "starting" : counts.stored ? "waiting" : "submitting";
    state.seconds = std::chrono::duration<double>(steady_clock() - since_).count();
    state.flows = opened_.plan->choreography.flow.plural;
    state.flows_done = counts.ended;
    state.flows_total = input_.total - std::min<std::uint64_t>(input_.total, counts.already_there);
    return state;
  }

  int conclude(const std::vector<std::string>& alarms) {
    for (const auto& alarm : alarms)
      fmt::print(stderr, "error: {}\n", alarm);
    if (!alarms.empty())
      return cli::failure; // what was counted before the alarm would only mislead
    const auto& counts = submission_->now();
    report_.title = input_.title;
    report_.plural = opened_.plan->choreography.flow.plural;
    report_.total = input_.total;
    report_.submitted = counts.begun;
    report_.submitted_before = counts.begun_before;
    report_.already_there = counts.already_there;
    report_.cancelled = counts.cancelled;
    report_.completed = counts.ended - counts.cancelled;
    report_.ended_now = counts.ended - counts.ended_before;
    report_.rejected_lines = input_.rejected_lines;
    report_.rejected_flows = input_.rejected_flows;
    const auto first = counts.first_live == 0 ? started_.time_since_epoch().count() : counts.first_live.load();
    report_.seconds = std::max<double>(0, static_cast<double>(counts.last_end - first) / 1e9);
    const auto latency = submission_->latency();
    const auto ms = [&](double q) { return static_cast<double>(latency.quantile(q)) / 1e6; };
    report_.latency_ms = {ms(0.5), ms(0.95), ms(0.99), static_cast<double>(latency.max()) / 1e6};
    report_.waited = asked_.wait;
    fmt::print("{}{}", asked_.json ? cli::submit_json(report_) : cli::submit_text(report_), asked_.json ? "\n" : "");
    return report_.interrupted ? interrupted_status : report_.timed_out ? cli::failure : cli::success;
  }

  submit_settings asked_;
  const cli::settings* settings_;
  demo_input input_;
  cli::node_log opened_;
  timestamp started_;
  std::chrono::nanoseconds since_;
  std::shared_ptr<cli::submission> submission_;
  cli::submit_report report_;
};

int refuse(const core::error& error, const cli::settings& configured) {
  fmt::print(stderr, "error: {}\n", error.what);
  if (error.code == core::errc::unavailable && configured.transport == cli::log_transport::embedded)
    fmt::print(stderr, "The embedded log has one process that writes. Stop the node, and submit: this command runs the "
                       "services itself. To submit while nodes run, put the journals on brokers: log.transport = "
                       "\"nats\".\n");
  return error.code == core::errc::unavailable ? cli::broker_away : cli::failure;
}

int submit(const submit_settings& asked, demo_input input) {
  const cli::stop_signals signals; // before any thread is started
  if (input.choreography.flow.begins == event_type_id{})
    throw std::invalid_argument("the choreography does not say what its flows are; add .flows<...>(\"order\") to it");
  auto loaded = cli::load_settings({asked.config, asked.assignments, cli::reel_environment()},
                                         cli::names_for_settings(input.choreography));
  if (!loaded)
    throw cli::configuration_error(loaded.error());
  auto& configured = loaded->values;
  if (configured.transport == cli::log_transport::nats) {
    configured.feeds = input.source;
    configured.node_name = fmt::format("submit-{}", getpid()); // a member as long as it feeds
  }
  auto opened = cli::open_node_log(input.choreography, configured);
  if (!opened)
    return refuse(opened.error(), configured);
  const auto status = submit_run{asked, configured, std::move(input), std::move(*opened)}.run(signals);
  return status ? *status : refuse(status.error(), configured);
}

} // namespace

int run_submit(const submit_settings& settings, demo_input input) {
  cli::log_to_standard_error();
  try {
    return submit(settings, std::move(input));
  } catch (const cli::configuration_error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return cli::wrong_config;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return cli::failure;
  }
}

} // namespace reel
