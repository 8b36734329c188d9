#include "cli/simulate/seed_run.hpp"

#include "cli/verify.hpp"
#include "core/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace reel::cli {

namespace {

constexpr std::uint32_t partitions_max = 3;

/// What the journals say of the flows that came in and of those that ended.
struct flow_counts {
  std::uint64_t begun = 0;
  std::uint64_t ended = 0;
};

flow_counts count_flows(const verify_result& checked, const flow_info& flow) {
  const auto name = [&](event_type_id type) -> std::string_view {
    const auto* info = checked.registry->find(type);
    return info == nullptr ? std::string_view{} : info->name;
  };
  return {checked.statistics->count_of(name(flow.begins)),
          checked.statistics->ended(name(flow.completes)) + checked.statistics->ended(name(flow.cancels))};
}

std::uint64_t digest_of(const transport::simulated_storage& storage, const runtime::simulation_result& run) {
  std::string text = fmt::format("{} {} {}", run.steps, run.crashes, run.throws);
  for (const auto& [id, journal] : storage.journals) {
    text += fmt::format(" {} {} {:x}", static_cast<std::uint32_t>(id), journal.frames.size(),
                        core::short_hash(journal.tail().hash));
  }
  return core::xxh3(text);
}

void judge(seed_result& result, transport::simulated_storage& storage, const choreography_info& choreography,
           std::uint64_t flows) {
  transport::simulated_options calm;
  calm.slow_reads = 0;
  transport::simulated_log log(storage, calm, 1);
  verify_options options;
  options.quiescent = true;
  const auto checked = verify(log, choreography, options);
  if (!checked) {
    result.what = checked.error().what;
    return;
  }
  result.events = checked->events;
  result.deadlines_started = checked->deadlines_started;
  result.deadlines_passed = checked->deadlines_passed;
  if (!checked->holds()) {
    const auto broken = std::find_if(checked->invariants.begin(), checked->invariants.end(),
                                     [](const auto& invariant) { return !invariant.holds; });
    result.what = fmt::format("{}: {}", broken->name, broken->violations.empty() ? "broken" : broken->violations[0]);
  } else if (checked->dead_letters != 0) {
    result.what = fmt::format("{} dead letters", checked->dead_letters);
  } else if (choreography.flow.begins != event_type_id{}) {
    const auto count = count_flows(*checked, choreography.flow);
    if (count.begun != flows || count.ended != flows) {
      result.what = fmt::format("{} {} came in, {} began and {} ended", flows, choreography.flow.plural, count.begun,
                                count.ended);
    }
  }
  result.passed = result.what.empty();
  result.report = result.passed ? std::string{} : verify_text(*checked, false);
}

} // namespace

seed_result run_seed(const simulated_program& program, const seed_settings& settings) {
  const auto drawn = program.draw(settings.seed, settings.flows);
  auto options = draw_options(settings.seed, settings.faults);
  options.trace = settings.trace;
  std::mt19937_64 random(settings.seed * 104'729);
  const auto partitions = static_cast<std::uint32_t>(1 + random() % partitions_max);
  const auto plan =
      std::make_shared<const runtime::plan>(drawn.choreography, runtime::plan_options{"simulation", partitions});
  transport::simulated_storage storage;
  seed_result result;
  result.run = runtime::simulate(plan, storage, drawn.source, drawn.make_feed, options);
  result.virtual_time = result.run.end - options.start;
  result.digest = digest_of(storage, result.run);
  if (!result.run.alarms.empty()) {
    result.what = result.run.alarms.front();
  } else if (!result.run.quiescent) {
    result.what = fmt::format("does not come to rest within {} steps", options.steps_max);
  } else {
    judge(result, storage, plan->choreography, settings.flows);
  }
  return result;
}

seed_settings shrink(const simulated_program& program, seed_settings failing, std::uint32_t runs_max) {
  failing.trace = nullptr;
  std::uint32_t runs = 0;
  const auto fails = [&](const seed_settings& settings) {
    return ++runs <= runs_max && !run_seed(program, settings).passed;
  };
  for (std::size_t i = failing.faults.size(); i-- > 0;) {
    auto fewer = failing;
    fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(i));
    if (fails(fewer)) {
      failing = fewer;
    }
  }
  // Fewer flows are another run, so this is no bisection: the smallest number that happens to fail.
  for (std::uint64_t flows = 1; flows < failing.flows; flows = flows < 4 ? flows + 1 : flows * 3 / 2) {
    auto shorter = failing;
    shorter.flows = flows;
    if (fails(shorter)) {
      return shorter;
    }
  }
  return failing;
}

} // namespace reel::cli
