#include "core/cluster/member.hpp"

#include "clusters.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

namespace reel::test {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using core::cluster_member;
using core::local_phase;
using core::partition_role;

const std::vector<core::cluster_service> two_services{{"a", 4, true}, {"b", 2, true}};

struct small_cluster {
  shared_register shared;
  std::vector<std::unique_ptr<small_node>> nodes;

  small_node& add(core::member_options options, std::chrono::nanoseconds boot = 1000s) {
    const auto life = nodes.size() + 1;
    nodes.push_back(std::make_unique<small_node>(shared, std::move(options), life, boot));
    return *nodes.back();
  }
  /// All nodes look and speak, and the time goes on by `step`, for `time` in all.
  void run(std::chrono::nanoseconds time, const std::set<const small_node*>& silent = {},
           std::chrono::nanoseconds step = 100ms) {
    for (std::chrono::nanoseconds passed{}; passed < time; passed += step) {
      for (const auto& n : nodes) {
        if (!silent.contains(n.get())) {
          n->look();
          (void)n->speak();
        }
        n->now += step;
      }
    }
  }
};

} // namespace

TEST_CASE("a record survives its bytes, and damaged bytes are refused") {
  small_cluster c;
  c.add(options_of("one", two_services));
  c.run(2s);
  const auto bytes = core::encode(c.shared.newest);
  const auto again = core::decode_cluster(bytes);
  REQUIRE(again.has_value());
  CHECK(*again == c.shared.newest);
  auto damaged = bytes;
  damaged[0] = std::byte{0xff};
  CHECK_FALSE(core::decode_cluster(damaged).has_value());
  CHECK_FALSE(core::decode_cluster({}).has_value());
}

TEST_CASE("the first node takes everything, the next one its share") {
  small_cluster c;
  auto& one = c.add(options_of("one", two_services));
  c.run(1s);
  CHECK(one.owned() == 6);
  auto& two = c.add(options_of("two", two_services), 5s); // its clock has nothing to do with the other one's
  c.run(2s);
  CHECK(one.owned() == 3);
  CHECK(two.owned() == 3);
  CHECK(c.shared.newest.find(two.member.life())->takeovers == 0);
  c.run(2s);
  CHECK(c.shared.newest.find(one.member.life())->handovers == 3);
  for (const auto& [partition, epoch] : two.ran) {
    CHECK(epoch == 2);
  }
}

TEST_CASE("a partition is handed over only when the next owner is ready and the old one has ended") {
  small_cluster c;
  auto& one = c.add(options_of("one", {{"a", 2, true}}));
  c.run(1s);
  one.keeps_draining = true;
  auto& two = c.add(options_of("two", {{"a", 2, true}}));
  c.run(3s);
  CHECK(one.owned() == 2);
  CHECK(two.owned() == 0);
  one.keeps_draining = false;
  c.run(1s);
  CHECK(one.owned() == 1);
  CHECK(two.owned() == 1);
}

TEST_CASE("what a silent node owned is taken over after its lease and not before") {
  small_cluster c;
  auto& one = c.add(options_of("one", two_services));
  auto& two = c.add(options_of("two", two_services));
  c.run(3s);
  REQUIRE(two.owned() == 3);
  c.run(1900ms, {&one});
  CHECK(two.owned() == 3);
  CHECK(one.owned() == 3);
  c.run(1300ms, {&one});
  CHECK(two.owned() == 6);
  CHECK(c.shared.newest.nodes.size() == 1);
  CHECK_FALSE(one.member.holds_lease(one.now));
  // It comes back, sees what happened, and joins in another life.
  const auto old_life = one.member.life();
  one.look();
  CHECK(one.member.at() == cluster_member::phase::watching);
  c.run(2s);
  CHECK(one.member.life() != old_life);
  CHECK(one.owned() == 3);
}

TEST_CASE("a node that cannot write its heartbeat steps down by itself before others take over") {
  small_cluster c;
  auto& one = c.add(options_of("one", {{"a", 1, true}}));
  c.run(500ms);
  REQUIRE(one.member.role_of("a", 0, one.now).role == partition_role::own);
  one.now += 4s; // nothing was committed meanwhile
  CHECK(one.member.role_of("a", 0, one.now).role == partition_role::none);
  // Nobody took over: its next heartbeat gives it back what is its own, in the same epoch.
  CHECK(one.speak());
  CHECK(one.member.role_of("a", 0, one.now).role == partition_role::own);
  CHECK(c.shared.newest.find("a", 0)->epoch == 1);
}

TEST_CASE("after a time in which nobody could write, nobody is taken for dead") {
  small_cluster c;
  auto& one = c.add(options_of("one", two_services));
  auto& two = c.add(options_of("two", two_services));
  c.run(3s);
  const auto life_of_two = two.member.life();
  one.now += 20s;
  two.now += 20s;
  one.look();
  CHECK(one.speak());
  CHECK(c.shared.newest.find(life_of_two) != nullptr);
  c.run(5s);
  CHECK(two.member.life() == life_of_two);
  CHECK(two.owned() == 3);
}

TEST_CASE("a node that leaves gives everything back at once") {
  small_cluster c;
  auto& one = c.add(options_of("one", two_services));
  auto& two = c.add(options_of("two", two_services));
  c.run(3s);
  one.member.leave();
  c.run(500ms);
  CHECK(one.member.at() == cluster_member::phase::gone);
  CHECK(two.owned() == 6);
  CHECK(c.shared.newest.nodes.size() == 1);
}

TEST_CASE("a node that disagrees is refused with both values and the other node's name") {
  small_cluster c;
  c.add(options_of("one", two_services));
  c.run(1s);
  auto different = options_of("two", two_services);
  SUBCASE("partition count") {
    different.services[0].partitions = 8;
    auto& two = c.add(different);
    c.run(3s);
    CHECK(two.member.at() == cluster_member::phase::refused);
    CHECK(two.member.reason() == "node one has 4 partitions of a, this node two has 8");
  }
  SUBCASE("fingerprint") {
    different.fingerprint = "g";
    auto& two = c.add(different);
    c.run(3s);
    CHECK(two.member.at() == cluster_member::phase::refused);
    CHECK(two.member.reason() == "node one runs schemas and choreography f, this node two runs g");
  }
  SUBCASE("fingerprints that go together are admitted") {
    different.fingerprint = "g";
    different.disagreement = [](const std::string&, const std::string&) { return std::string(); };
    auto& two = c.add(different);
    c.run(3s);
    CHECK(two.member.at() == cluster_member::phase::member);
  }
  SUBCASE("the same name") {
    different.name = "one";
    auto& two = c.add(different);
    c.run(3s);
    CHECK(two.member.at() == cluster_member::phase::refused);
    CHECK(two.member.reason().find("another process runs as node one") == 0);
  }
  CHECK(c.shared.newest.nodes.size() <= 2);
  c.nodes.back()->member.leave();
  c.run(std::chrono::seconds(1));
  CHECK(c.nodes.back()->member.at() == cluster_member::phase::gone);
}

TEST_CASE("who disagrees with a dead node only waits for the end of its lease") {
  small_cluster c;
  auto& one = c.add(options_of("one", two_services));
  c.run(1s);
  auto& again = c.add(options_of("one", two_services)); // the same node, started again after it was killed
  c.run(2500ms, {&one});
  CHECK(again.member.at() == cluster_member::phase::watching);
  c.run(1s, {&one});
  CHECK(again.member.at() == cluster_member::phase::member);
  CHECK(again.owned() == 6);
}

TEST_CASE("a fenced partition runs again only when the register confirms that it is owned") {
  small_cluster c;
  auto& one = c.add(options_of("one", {{"a", 1, true}}));
  c.run(500ms);
  one.member.doubt("a", 0, true);
  CHECK(one.member.role_of("a", 0, one.now).role == partition_role::none);
  CHECK(one.speak());
  CHECK(one.member.role_of("a", 0, one.now).role == partition_role::own);
  c.run(2s);
  CHECK(c.shared.newest.nodes.front().fenced == 1);
}

TEST_CASE("a source belongs to whoever feeds it") {
  small_cluster c;
  auto& host = c.add(options_of("host", {{"a", 2, true}, {"intake", 1, false}}));
  auto& feeder = c.add(options_of("feeder", {{"a", 2, false}, {"intake", 1, true}}));
  c.run(3s);
  CHECK(host.owned() == 2);
  CHECK(feeder.owned() == 1);
  auto& second = c.add(options_of("second", {{"a", 2, false}, {"intake", 1, true}}));
  c.run(3s);
  CHECK(feeder.owned() == 1);
  CHECK(second.owned() == 0);
  feeder.member.leave();
  c.run(1s);
  CHECK(second.owned() == 1);
}

// Nodes look at any time, speak as of what they saw then, pause, die and come back; their clocks run apart.
TEST_CASE("whatever happens, a partition runs in one epoch at one node, and in the end all is balanced") {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    small_cluster c;
    std::set<const small_node*> dead;
    for (int i = 0; i < 3; ++i) {
      c.add(options_of("n" + std::to_string(i), two_services), std::chrono::seconds(random() % 100'000));
    }
    for (int step = 0; step < 400; ++step) {
      auto& n = *c.nodes[random() % c.nodes.size()];
      if (dead.contains(&n)) {
        continue;
      }
      if (random() % 150 == 0) {
        dead.insert(&n);
        c.add(options_of(n.name, two_services), n.now);
      } else if (random() % 60 == 0) {
        n.now += std::chrono::milliseconds(random() % 8000); // paused, or its clock runs fast
      } else if (random() % 3 != 0) {
        n.look();
      } else {
        (void)n.speak();
      }
      for (const auto& other : c.nodes) {
        other->now += std::chrono::milliseconds(random() % 100);
      }
    }
    c.run(20s, dead);
    std::map<std::pair<std::string, std::uint64_t>, const small_node*> ran;
    for (const auto& n : c.nodes) {
      for (const auto& run : n->ran) {
        const auto [it, first] = ran.emplace(run, n.get());
        CHECK(it->second == n.get());
      }
      CHECK((dead.contains(n.get()) ? 0 : 2) == n->owned());
    }
  }
}

} // namespace reel::test
