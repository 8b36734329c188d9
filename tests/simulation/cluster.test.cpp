// What happens to a cluster when its nodes die, stand still, join and leave, said step by step.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "cli/demo/simulated_shop.hpp"
#include "cli/verify.hpp"
#include "runtime/simulated_cluster.hpp"
#include "runtime/status.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace reel::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr seconds long_enough{120};

/// The shop on `nodes` nodes, with orders coming in.
struct shop_cluster {
  explicit shop_cluster(std::uint32_t nodes, std::uint64_t seed = 1, std::uint64_t orders = 60) {
    spdlog::set_level(spdlog::level::off);
    const auto drawn = cli_program.draw(seed, orders);
    plan = std::make_shared<const runtime::plan>(drawn.choreography, runtime::plan_options{"simulation", 2});
    runtime::simulation_options options;
    options.seed = seed;
    options.nodes = nodes;
    options.log.slow_reads = 100;
    options.node_limits.frame_bytes_max = 512; // many frames, so that much is under way
    options.node_limits.snapshot_frames = 20;
    cluster = std::make_unique<runtime::simulated_cluster>(plan, storage, drawn.source, drawn.make_feed, options);
  }

  [[nodiscard]] std::size_t run_by(std::size_t node) const {
    std::size_t count = 0;
    for (std::size_t j = 0; j < plan->journals.size(); ++j) {
      count += cluster->is_up(node) && cluster->status(node).partition(j).running ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] std::size_t all() const {
    return plan->journals.size();
  }
  [[nodiscard]] bool node_runs_all(std::size_t node) {
    return cluster->run_until([&] { return run_by(node) == all(); }, long_enough);
  }
  void check_history() {
    REQUIRE(cluster->run_until([&] { return cluster->at_rest(); }, long_enough));
    CHECK(cluster->result().alarms.empty());
    transport::simulated_options calm;
    calm.slow_reads = 0;
    transport::simulated_log log(storage, calm, 1);
    cli::verify_options options;
    options.quiescent = true;
    const auto checked = cli::verify(log, plan->choreography, options);
    REQUIRE_MESSAGE(checked.has_value(), (checked ? "" : checked.error().what));
    CHECK_MESSAGE(checked->holds(), cli::verify_text(*checked, false));
  }

  simulated_program cli_program = demo::simulated_shop();
  std::shared_ptr<const runtime::plan> plan;
  transport::simulated_storage storage;
  std::unique_ptr<runtime::simulated_cluster> cluster;
};

} // namespace

TEST_CASE("nodes share the partitions evenly, and what one had begun the next one goes on with") {
  shop_cluster shop(3);
  auto& cluster = *shop.cluster;
  cluster.crash(1);
  cluster.crash(2);
  REQUIRE(shop.node_runs_all(0));
  cluster.start(1);
  cluster.start(2);
  REQUIRE(cluster.run_until([&] { return shop.run_by(1) >= 3 && shop.run_by(2) >= 3 && shop.run_by(0) == 3; },
                            long_enough));
  CHECK(shop.run_by(0) + shop.run_by(1) + shop.run_by(2) == shop.all());
  shop.check_history();
  CHECK(cluster.result().ownership.handovers == shop.all() - 3);
  CHECK(cluster.result().ownership.fenced == 0);
}

TEST_CASE("a dead node's partitions are taken over by those that live") {
  shop_cluster shop(2);
  auto& cluster = *shop.cluster;
  REQUIRE(cluster.run_until([&] { return shop.run_by(0) > 3 && shop.run_by(1) > 3; }, long_enough));
  cluster.crash(0);
  REQUIRE(shop.node_runs_all(1));
  shop.check_history();
  CHECK(cluster.status(1).takeovers >= 4);
}

TEST_CASE("a node that ends in order leaves nothing to wait for") {
  shop_cluster shop(2);
  auto& cluster = *shop.cluster;
  REQUIRE(cluster.run_until([&] { return shop.run_by(0) > 3 && shop.run_by(1) > 3; }, long_enough));
  cluster.leave(0);
  CHECK(cluster.run_until([&] { return shop.run_by(1) == shop.all(); }, seconds(2))); // less than a lease
  CHECK(cluster.run_until([&] { return !cluster.is_up(0); }, seconds(2)));
  shop.check_history();
  CHECK(cluster.result().ownership.fenced == 0);
}

TEST_CASE("a zombie, stopped for longer than its lease, is fenced by the journals and joins again") {
  std::uint64_t fenced = 0; // in some runs its partitions end before they hear of their appends
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    shop_cluster shop(2, seed);
    auto& cluster = *shop.cluster;
    const auto writes = [&] {
      std::uint64_t under_way = 0;
      for (std::size_t j = 0; j < shop.all(); ++j) {
        under_way += cluster.status(0).partition(j).running ? cluster.status(0).partition(j).unsettled.load() : 0;
      }
      return under_way >= 2 && shop.run_by(0) > 3;
    };
    REQUIRE(cluster.run_until([&] { return writes() || cluster.at_rest(); }, long_enough));
    if (!writes()) {
      continue; // with this seed it had nothing under way as an owner
    }
    cluster.pause(0);
    REQUIRE(shop.node_runs_all(1));
    cluster.resume(0);
    REQUIRE(cluster.run_until([&] { return cluster.status(0).expulsions == 1; }, long_enough));
    REQUIRE(cluster.run_until([&] { return shop.run_by(0) > 3; }, long_enough));
    shop.check_history();
    fenced += cluster.result().ownership.fenced;
  }
  MESSAGE("fenced partitions: " << fenced);
  CHECK(fenced > 0);
}

TEST_CASE("a node that stands still for less than its lease keeps what it owns") {
  shop_cluster shop(2);
  auto& cluster = *shop.cluster;
  REQUIRE(cluster.run_until([&] { return shop.run_by(0) > 3 && shop.run_by(1) > 3; }, long_enough));
  cluster.pause(0);
  CHECK_FALSE(cluster.run_until([] { return false; }, milliseconds(1500)));
  cluster.resume(0);
  shop.check_history();
  CHECK(cluster.result().ownership.expulsions == 0);
  CHECK(cluster.result().ownership.fenced == 0);
}

} // namespace reel::test
