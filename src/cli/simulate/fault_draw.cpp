#include "cli/simulate/fault_draw.hpp"

#include "core/hash.hpp"
#include "core/nearest_name.hpp"

#include <array>
#include <numeric>
#include <random>

namespace reel::cli {

namespace {

// Two seeds in three have none of a kind: runs with one fault alone tell more than runs with everything at once.
std::uint32_t sometimes(std::uint64_t random, std::uint32_t permille_max) {
  return random % 3 == 0 ? static_cast<std::uint32_t>(random / 3 % permille_max) : 0;
}

void draw_crashes(std::uint64_t random, runtime::simulation_options& options) {
  options.crashes_max = static_cast<std::uint32_t>(random % 10);
  options.steps_per_crash = static_cast<std::uint32_t>(50 + random / 10 % 2000);
}

void draw_refused(std::uint64_t random, runtime::simulation_options& options) {
  options.log.refused = sometimes(random, 200);
}

void draw_lost_appends(std::uint64_t random, runtime::simulation_options& options) {
  options.log.ambiguous_lost = sometimes(random, 200);
}

void draw_lost_answers(std::uint64_t random, runtime::simulation_options& options) {
  options.log.ambiguous_stored = sometimes(random, 200);
}

void draw_slow_reads(std::uint64_t random, runtime::simulation_options& options) {
  options.log.slow_reads = static_cast<std::uint32_t>(random % 1000);
}

void draw_lost_snapshots(std::uint64_t random, runtime::simulation_options& options) {
  options.log.lost_snapshots = sometimes(random, 500);
}

void draw_throws(std::uint64_t random, runtime::simulation_options& options) {
  options.throwing = sometimes(random, 100);
}

// A cluster of two or three nodes in two seeds of three, or one node that is alone.
void draw_nodes(std::uint64_t random, runtime::simulation_options& options) {
  options.nodes = random % 3 == 0 ? 0 : static_cast<std::uint32_t>(2 + random / 3 % 2);
}

void draw_pauses(std::uint64_t random, runtime::simulation_options& options) {
  options.pauses_max = static_cast<std::uint32_t>(random % 6);
  options.steps_per_pause = static_cast<std::uint32_t>(50 + random / 6 % 2000);
}

void draw_leaves(std::uint64_t random, runtime::simulation_options& options) {
  options.leaves_max = static_cast<std::uint32_t>(random % 4);
  options.steps_per_leave = static_cast<std::uint32_t>(50 + random / 4 % 2000);
}

constexpr std::array kinds{
    fault_kind{"crash", "the process dies at any step, also between an append and its answer", draw_crashes},
    fault_kind{"refuse", "the log refuses an append for now", draw_refused},
    fault_kind{"lose-append", "an append is lost, and nobody is told", draw_lost_appends},
    fault_kind{"lose-answer", "an append is stored, and its answer is lost", draw_lost_answers},
    fault_kind{"slow-read", "reads are answered late", draw_slow_reads},
    fault_kind{"lose-snapshot", "a snapshot never reaches the disk", draw_lost_snapshots},
    fault_kind{"nodes", "two or three nodes share the partitions, and come and go", draw_nodes},
    fault_kind{"pause", "a node of a cluster stands still, often for longer than its lease", draw_pauses},
    fault_kind{"leave", "a node of a cluster ends in order, and comes back", draw_leaves},
    fault_kind{"throw", "reactions throw, and are tried again", draw_throws},
};

} // namespace

std::span<const fault_kind> fault_kinds() noexcept {
  return kinds;
}

core::expected<fault_set> parse_faults(std::string_view text) {
  fault_set chosen;
  if (text == "all") {
    chosen.resize(kinds.size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    return chosen;
  }
  std::array<bool, kinds.size()> on{};
  while (text != "none" && !text.empty()) {
    const auto name = text.substr(0, text.find(','));
    const auto it = std::find_if(kinds.begin(), kinds.end(), [name](const auto& kind) { return kind.name == name; });
    if (it == kinds.end()) {
      std::vector<std::string_view> known{"all", "none"};
      for (const auto& kind : kinds) {
        known.push_back(kind.name);
      }
      return core::fail(core::errc::invalid, core::no_such_name("fault", name, known));
    }
    on[static_cast<std::size_t>(it - kinds.begin())] = true;
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  for (std::size_t i = 0; i < on.size(); ++i) {
    if (on[i]) {
      chosen.push_back(i);
    }
  }
  return chosen;
}

std::string faults_text(const fault_set& faults) {
  if (faults.size() == kinds.size()) {
    return "all";
  }
  std::string text;
  for (const auto kind : faults) {
    text += (text.empty() ? "" : ",") + std::string(kinds[kind].name);
  }
  return text.empty() ? "none" : text;
}

runtime::simulation_options draw_options(std::uint64_t seed, const fault_set& faults) {
  runtime::simulation_options options;
  options.seed = seed;
  options.crashes_max = 0;
  options.log.slow_reads = 0;
  options.log.lost_snapshots = 0;
  std::mt19937_64 random(seed * 7919);
  options.node_limits.frame_bytes_max = 256U << (random() % 10);
  options.node_limits.lane_credit = static_cast<std::int64_t>(8 + random() % 500);
  options.node_limits.snapshot_frames = random() % 2 == 0 ? 1 + random() % 40 : 0;
  options.node_limits.appends_in_flight_max = 1 + random() % 4;
  for (const auto kind : faults) {
    std::mt19937_64 own(seed ^ core::xxh3(kinds[kind].name));
    kinds[kind].draw(own(), options);
  }
  return options;
}

} // namespace reel::cli
