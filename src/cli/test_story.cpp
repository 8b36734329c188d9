#include "cli/state_command.hpp"
#include "cli/verify.hpp"
#include "runtime/simulation.hpp"

#include <reel/event_json.hpp>
#include <reel/test_story.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace reel::test {
namespace {

constexpr std::size_t timelines_max = 3;
constexpr std::uint64_t steps_max = 5'000'000;

/// What has come in through one source so far; each life of the node reads it from where the journal stands.
struct input {
  std::vector<example> events;
};

class input_feed final : public feed {
public:
  explicit input_feed(std::shared_ptr<const input> in) : input_(std::move(in)) {}
  [[nodiscard]] std::string identity() const override {
    return "test";
  }
  [[nodiscard]] bool skip(std::uint64_t offset) override {
    done_ = offset;
    return offset <= input_->events.size();
  }
  [[nodiscard]] bool grown() const override {
    return done_ < input_->events.size();
  }
  [[nodiscard]] filled fill(outbox& out, std::size_t bytes_max) override {
    while (done_ < input_->events.size() && out.bytes() < bytes_max) {
      const auto& event = input_->events[done_++];
      out.copy({event.type().id, event.version(), event.payload()});
    }
    return {done_, done_ == input_->events.size()};
  }

private:
  std::shared_ptr<const input> input_;
  std::uint64_t done_ = 0;
};

/// The faults are meant, so nobody needs to read of them.
class quiet_log {
public:
  quiet_log() : before_(spdlog::get_level()) {
    spdlog::set_level(spdlog::level::off);
  }
  ~quiet_log() {
    spdlog::set_level(before_);
  }
  quiet_log(const quiet_log&) = delete;
  quiet_log& operator=(const quiet_log&) = delete;

private:
  spdlog::level::level_enum before_;
};

/// One event that a journal holds, as text.
struct told_event {
  event_id id;
  std::string name; ///< of its type
  std::string text; ///< name and fields
  correlation_id flow{};
  bool came_in = false;
};

std::string text_of(const event_info& type, bytes_view payload) {
  return std::string(type.name) + " " + to_json(type, payload);
}

std::string lines_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) {
    out += "\n    " + line;
  }
  return lines.empty() ? "\n    nothing" : out;
}

void require(const core::expected<void>& done) {
  if (!done) {
    throw std::logic_error(done.error().what);
  }
}

template <class T>
T value_of(core::expected<T> result) {
  if (!result) {
    throw std::logic_error(result.error().what);
  }
  return std::move(*result);
}

} // namespace

struct story::stage {
  explicit stage(choreography_info choreography)
      : plan_(std::make_shared<const runtime::plan>(std::move(choreography), runtime::plan_options{"test", 2})) {}

  [[nodiscard]] const std::string& source_of(const event_info& type) const {
    for (const auto& source : plan_->choreography.sources) {
      if (std::find(source.publishes.begin(), source.publishes.end(), type.id) != source.publishes.end()) {
        return source.name;
      }
    }
    throw std::logic_error("no source of " + plan_->choreography.name + " publishes " + std::string(type.name) +
                           ": given() and when() take what comes in from outside");
  }

  /// Lets everything happen that follows from the input of this source.
  void run(const std::string& source) {
    options_.steps_max = steps_max;
    options_.start = now_;
    options_.deadlines_until = now_;
    simulate(source);
  }

  /// Lets the time pass, and what is due in it.
  void pass(std::chrono::nanoseconds time) {
    const auto until = now_ + time;
    if (!inputs_.empty()) {
      options_.steps_max = steps_max;
      options_.start = now_;
      options_.deadlines_until = until;
      simulate(inputs_.begin()->first);
    }
    now_ = std::max(now_, until);
  }

  void simulate(const std::string& source) {
    options_.seed += 1;
    const quiet_log quiet;
    const auto in = inputs_[source];
    const auto result = runtime::simulate(
        plan_, storage_, source, [in] { return std::make_shared<input_feed>(in); }, options_);
    if (!result.alarms.empty()) {
      throw mismatch(plan_->choreography.name + " halted: " + result.alarms.front());
    }
    if (!result.quiescent) {
      throw mismatch(plan_->choreography.name + " does not come to rest; so far" + timelines());
    }
    now_ = result.end;
  }

  [[nodiscard]] std::unique_ptr<transport::simulated_log> open_log() const {
    transport::simulated_options calm;
    calm.slow_reads = 0;
    return std::make_unique<transport::simulated_log>(const_cast<transport::simulated_storage&>(storage_), calm, 1);
  }

  /// All events that journals hold, causes before effects.
  [[nodiscard]] std::vector<told_event> all_events() const {
    const auto log = open_log();
    cli::journal_scan scan(*log, plan_->registry);
    require(scan.open());
    std::vector<told_event> events;
    require(cli::scan_frames(scan, [&](const core::frame& frame) {
      cli::for_each_fact(frame, scan, [&](const fact& event) {
        if (event.type != nullptr) {
          events.push_back(told(event, frame.event(event.id.index).payload));
        }
      });
      return true;
    }));
    return events;
  }

  [[nodiscard]] std::vector<told_event> events_since() const {
    auto events = all_events();
    std::erase_if(events, [this](const told_event& event) { return before_.count(event.id) != 0; });
    return events;
  }

  [[nodiscard]] std::string timelines() const {
    std::vector<correlation_id> flows;
    for (const auto& event : events_since()) {
      if (std::find(flows.begin(), flows.end(), event.flow) == flows.end()) {
        flows.push_back(event.flow);
      }
    }
    const auto more = flows.size() > timelines_max ? flows.size() - timelines_max : 0;
    flows.resize(flows.size() - more);
    const auto log = open_log();
    std::string out;
    for (const auto& told : value_of(cli::collect_timelines(*log, plan_->registry, flows))) {
      out += "\n  timeline of " + told.flow + "\n" + cli::render(told, false, "    ");
    }
    return out + (more > 0 ? "\n  and " + std::to_string(more) + " more flows\n" : "");
  }

  std::shared_ptr<const runtime::plan> plan_;
  transport::simulated_storage storage_;
  std::map<std::string, std::shared_ptr<input>> inputs_;
  runtime::simulation_options options_ = calm_options();
  timestamp now_ = runtime::simulation_options{}.start;
  std::set<event_id> before_; ///< what had happened before when()
  std::string last_;          ///< what came in, for people

private:
  static runtime::simulation_options calm_options() {
    runtime::simulation_options options;
    options.crashes_max = 0;
    options.log.slow_reads = 0;
    return options;
  }

  [[nodiscard]] static told_event told(const fact& event, bytes_view payload) {
    return {event.id, std::string(event.type->name), text_of(*event.type, payload), event.correlation,
            !exists(event.cause)};
  }
};

story::story(choreography_info choreography) : stage_(std::make_unique<stage>(std::move(choreography))) {}
story::story(story&&) noexcept = default;
story& story::operator=(story&&) noexcept = default;
story::~story() = default;

void story::enter(const std::vector<const example*>& events, bool watched) {
  std::vector<std::string> sources;
  for (const auto* event : events) {
    const auto& source = stage_->source_of(event->type());
    auto& in = stage_->inputs_.try_emplace(source, std::make_shared<input>()).first->second;
    in->events.push_back(*event);
    if (std::find(sources.begin(), sources.end(), source) == sources.end()) {
      sources.push_back(source);
    }
  }
  if (watched) {
    stage_->before_.clear();
    for (const auto& event : stage_->all_events()) {
      stage_->before_.insert(event.id);
    }
    std::vector<std::string> lines;
    for (const auto* event : events) {
      lines.push_back(text_of(event->type(), event->payload()));
    }
    stage_->last_ = lines_of(lines);
  }
  for (const auto& source : sources) {
    stage_->run(source);
  }
}

story& story::after(std::chrono::nanoseconds time) {
  stage_->pass(time);
  return *this;
}

story& story::under_faults(std::uint64_t seed) {
  auto& options = stage_->options_;
  options.seed = seed;
  options.crashes_max = 8;
  options.steps_per_crash = 60;
  options.log = {.refused = 50, .ambiguous_lost = 50, .ambiguous_stored = 50, .slow_reads = 300};
  return *this;
}

void story::find(const std::vector<const example*>& events) const {
  if (stage_->last_.empty()) {
    throw std::logic_error("expect() comes after when()");
  }
  const auto published = stage_->events_since();
  std::vector<std::string> wanted;
  auto next = published.begin();
  bool all = true;
  for (const auto* event : events) {
    const auto text = text_of(event->type(), event->payload());
    const auto found =
        std::find_if(next, published.end(), [&](const told_event& told) { return !told.came_in && told.text == text; });
    all = all && found != published.end();
    wanted.push_back((found != published.end() ? "  " : "- ") + text);
    next = found != published.end() ? found + 1 : next;
  }
  if (all) {
    return;
  }
  std::vector<std::string> seen;
  for (const auto& event : published) {
    if (!event.came_in) {
      seen.push_back(event.text);
    }
  }
  throw mismatch(stage_->plan_->choreography.name + ", when" + stage_->last_ +
                 "\n  expected, in this order (- is missing)" + lines_of(wanted) + "\n  but got" + lines_of(seen) +
                 stage_->timelines());
}

story& story::expect_nothing() {
  std::vector<std::string> seen;
  for (const auto& event : stage_->events_since()) {
    if (!event.came_in) {
      seen.push_back(event.text);
    }
  }
  if (!seen.empty()) {
    throw mismatch(stage_->plan_->choreography.name + ", when" + stage_->last_ + "\n  expected nothing\n  but got" +
                   lines_of(seen) + stage_->timelines());
  }
  return *this;
}

void story::exclude(const event_info& type) const {
  std::vector<std::string> seen;
  for (const auto& event : stage_->events_since()) {
    if (event.name == type.name) {
      seen.push_back(event.text);
    }
  }
  if (!seen.empty()) {
    throw mismatch(stage_->plan_->choreography.name + ", when" + stage_->last_ + "\n  expected no " +
                   std::string(type.name) + "\n  but got" + lines_of(seen) + stage_->timelines());
  }
}

story& story::expect_invariants() {
  const auto log = stage_->open_log();
  cli::verify_options options;
  options.quiescent = true;
  const auto checked = value_of(cli::verify(*log, stage_->plan_->choreography, options));
  if (!checked.holds() || checked.dead_letters > 0 || !checked.waiting.empty()) {
    throw mismatch(stage_->plan_->choreography.name + ": an invariant is broken\n" + cli::verify_text(checked, false));
  }
  return *this;
}

std::string story::state(std::string_view service, std::string_view actor, std::string_view key) const {
  const auto log = stage_->open_log();
  cli::state_options options;
  options.service = service;
  options.kind = actor;
  options.key = key;
  return value_of(cli::entity_state(*log, stage_->plan_->choreography, options));
}

std::string story::timeline() const {
  return stage_->timelines();
}

} // namespace reel::test
