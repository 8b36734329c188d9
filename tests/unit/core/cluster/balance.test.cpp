#include "core/cluster/balance.hpp"

#include "clusters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace reel::test {

namespace {

using core::cluster_state;
using core::node_life;

/// A cluster whose nodes all host everything, unless `partly`.
cluster_state random_cluster(std::mt19937& random, bool partly) {
  cluster_state state;
  std::vector<core::cluster_service> services;
  for (std::uint32_t s = 0; s < 1 + random() % 4; ++s) {
    services.push_back({"service" + std::to_string(s), static_cast<std::uint32_t>(1 + random() % 9), true});
    state.add_partitions(services.back());
  }
  const auto count = 1 + random() % 5;
  for (std::uint64_t n = 0; n < count; ++n) {
    auto hosted = services;
    for (auto& s : hosted) {
      s.hosted = !partly || random() % 2 == 0;
    }
    state.nodes.push_back(node_of("node" + std::to_string(n), 10 + n, hosted));
  }
  for (auto& p : state.partitions) {
    p.owner = node_life{random() % 3 == 0 ? 0 : 10 + random() % (count + 1)};
  }
  return state;
}

void take_over(cluster_state& state, const std::vector<node_life>& owners) {
  for (std::size_t i = 0; i < owners.size(); ++i) {
    state.partitions[i].owner = owners[i];
  }
}

std::size_t moves(const cluster_state& state, const std::vector<node_life>& owners) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    count += state.find(state.partitions[i].owner) != nullptr && state.partitions[i].owner != owners[i] ? 1 : 0;
  }
  return count;
}

void check_even(const std::map<node_life, std::size_t>& shares, const std::vector<node_life>& hosts) {
  std::size_t least = 1'000'000;
  std::size_t most = 0;
  for (const auto host : hosts) {
    const auto it = shares.find(host);
    const auto owned = it == shares.end() ? 0 : it->second;
    least = std::min(least, owned);
    most = std::max(most, owned);
  }
  CHECK(most - least <= 1);
}

std::vector<node_life> hosts_of(const cluster_state& state, const std::string& service) {
  std::vector<node_life> hosts;
  for (const auto& n : state.nodes) {
    if (service.empty() || n.hosts(service)) {
      hosts.push_back(n.life);
    }
  }
  return hosts;
}

} // namespace

TEST_CASE("every partition has an owner that hosts it, and of one service all own about the same") {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const auto state = random_cluster(random, true);
    const auto owners = core::balanced_owners(state);
    for (std::size_t i = 0; i < owners.size(); ++i) {
      const auto& service = state.partitions[i].service;
      const auto hosts = hosts_of(state, service);
      if (hosts.empty()) {
        CHECK(owners[i] == node_life::nobody);
      } else {
        CHECK(std::find(hosts.begin(), hosts.end(), owners[i]) != hosts.end());
        check_even(loads(state, owners, service), hosts);
      }
    }
  }
}

TEST_CASE("when all host everything, all own about the same of everything together") {
  std::mt19937 random(8);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const auto state = random_cluster(random, false);
    check_even(loads(state, core::balanced_owners(state)), hosts_of(state, {}));
  }
}

TEST_CASE("a balanced cluster stays as it is, and the order of nodes does not matter") {
  std::mt19937 random(9);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    auto state = random_cluster(random, round % 2 == 0);
    const auto owners = core::balanced_owners(state);
    auto shuffled = state;
    std::shuffle(shuffled.nodes.begin(), shuffled.nodes.end(), random);
    CHECK(core::balanced_owners(shuffled) == owners);
    take_over(state, owners);
    CHECK(core::balanced_owners(state) == owners);
  }
}

TEST_CASE("a joining node gets its share from the others, and nothing else moves") {
  cluster_state state;
  const std::vector<core::cluster_service> services{{"a", 6, true}, {"b", 3, true}};
  for (const auto& s : services) {
    state.add_partitions(s);
  }
  state.nodes = {node_of("one", 1, services), node_of("two", 2, services)};
  take_over(state, core::balanced_owners(state));
  state.nodes.push_back(node_of("three", 3, services));
  const auto owners = core::balanced_owners(state);
  CHECK(moves(state, owners) == 3);
  CHECK(loads(state, owners)[node_life{3}] == 3);
  CHECK(loads(state, owners, "a")[node_life{3}] == 2);
}

TEST_CASE("what a dead node owned goes to the others, and nothing else moves") {
  cluster_state state;
  const std::vector<core::cluster_service> services{{"a", 7, true}};
  state.add_partitions(services.front());
  state.nodes = {node_of("one", 1, services), node_of("two", 2, services), node_of("three", 3, services)};
  take_over(state, core::balanced_owners(state));
  state.remove(node_life{2});
  const auto owners = core::balanced_owners(state);
  CHECK(moves(state, owners) == 0);
  CHECK(std::count(owners.begin(), owners.end(), node_life::nobody) == 0);
}

TEST_CASE("two nodes with the same number of partitions do not exchange them") {
  cluster_state state;
  std::vector<core::cluster_service> services;
  for (const auto* name : {"a", "b", "c", "d"}) {
    services.push_back({name, 1, true});
    state.add_partitions(services.back());
  }
  state.nodes = {node_of("one", 1, services), node_of("two", 2, services)};
  take_over(state, {node_life{1}, node_life{1}, node_life{2}, node_life{2}});
  CHECK(moves(state, core::balanced_owners(state)) == 0);
}

TEST_CASE("a leaving node gets nothing") {
  cluster_state state;
  const std::vector<core::cluster_service> services{{"a", 4, true}};
  state.add_partitions(services.front());
  state.nodes = {node_of("one", 1, services), node_of("two", 2, services)};
  state.nodes.front().leaving = true;
  CHECK(loads(state, core::balanced_owners(state))[node_life{2}] == 4);
}

} // namespace reel::test
