// Nodes of a cluster on a real broker: who owns what while they join, leave and die.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "actors/shop.hpp"
#include "broker.hpp"
#include "cli/demo/simulated_shop.hpp"
#include "cli/verify.hpp"
#include "runtime/node.hpp"
#include "transport/nats/nats_log.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

namespace reel::test {

namespace {

using std::chrono::milliseconds;

struct node_wishes {
  std::uint32_t partitions = 2;
  std::string fingerprint = "f";
  std::optional<std::set<std::string, std::less<>>> hosts;
};

/// A node with a log of its own, as a process has it.
class shop_node {
public:
  shop_node(const testing_nats::broker& broker, const std::string& name, const simulated_run& run,
            const node_wishes& wishes = {})
      : host_(2) {
    runtime::plan_options options{"test", wishes.partitions};
    options.hosts = wishes.hosts;
    plan_ = std::make_shared<const runtime::plan>(run.choreography, options);
    transport::nats_options nats;
    nats.urls = broker.urls();
    nats.replicas = static_cast<std::uint32_t>(broker.servers());
    nats.registry = &plan_->registry;
    auto opened = transport::nats_log::open(nats);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().what));
    log_ = std::move(*opened);
    runtime::environment env;
    env.node_name = name;
    env.plan_ = plan_;
    env.log = log_.get();
    env.now = [] { return timestamp(std::chrono::system_clock::now()); };
    env.status = std::make_shared<runtime::node_status>(plan_->journals.size());
    env.cluster = runtime::cluster_options{.fingerprint = wishes.fingerprint};
    node_ = std::make_unique<runtime::node>(host_.system(), std::move(env));
    const auto good = node_->open();
    opened_ = good ? std::string() : good.error().what;
    if (good) {
      node_->feed_source(run.source, run.make_feed);
      node_->start();
    }
  }
  ~shop_node() {
    if (node_ != nullptr && opened_.empty() && !dead_) {
      node_->begin_stop();
      CHECK(node_->await_stop(std::chrono::seconds(30)));
    }
  }
  shop_node(const shop_node&) = delete;
  shop_node& operator=(const shop_node&) = delete;

  /// Everything ends where it stands, and nothing is given back.
  void die() {
    node_->kill();
    dead_ = true;
  }
  void begin_stop() {
    node_->begin_stop();
  }
  [[nodiscard]] bool ended() const {
    return node_->ended();
  }
  [[nodiscard]] const runtime::node_status& status() const {
    return node_->status();
  }
  [[nodiscard]] const std::string& open_error() const {
    return opened_;
  }
  [[nodiscard]] transport::log& log() {
    return *log_;
  }
  [[nodiscard]] std::size_t runs() const {
    std::size_t count = 0;
    for (std::size_t j = 0; j < plan_->journals.size(); ++j) {
      count += node_->status().partition(j).running ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] std::size_t journals() const {
    return plan_->journals.size();
  }

private:
  runtime::actor_host host_;
  std::shared_ptr<const runtime::plan> plan_;
  std::unique_ptr<transport::log> log_;
  std::unique_ptr<runtime::node> node_;
  std::string opened_;
  bool dead_ = false;
};

/// The limit only ends a test that hangs.
bool reached(const std::function<bool()>& condition) {
  std::mutex mutex;
  std::condition_variable never;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(90);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) {
      return false;
    }
    std::unique_lock lock(mutex);
    never.wait_for(lock, milliseconds(10));
  }
  return true;
}

/// Every order has ended, and nothing was done twice or left undone.
bool all_is_done(shop_node& node, const simulated_run& run, std::uint64_t orders) {
  cli::verify_options options;
  options.quiescent = true;
  const auto checked = cli::verify(node.log(), run.choreography, options);
  if (!checked || !checked->holds()) {
    return false;
  }
  const auto& s = *checked->statistics;
  return s.ended("shop.orders.OrderCompleted") + s.ended("shop.orders.OrderCancelled") == orders;
}

constexpr std::uint64_t orders = 400;

} // namespace

TEST_CASE("a joining node takes its share, a leaving one gives it back, a dead one's is taken over") {
  spdlog::set_level(spdlog::level::warn);
  const testing_nats::broker broker;
  const auto run = demo::simulated_shop().draw(7, orders);
  auto a = std::make_unique<shop_node>(broker, "a", run);
  const auto all = a->journals();
  REQUIRE(reached([&] { return a->runs() == all; }));
  auto b = std::make_unique<shop_node>(broker, "b", run);
  REQUIRE(reached([&] { return a->runs() + b->runs() == all && b->runs() >= all / 2; }));
  CHECK(a->status().handovers == all / 2);
  CHECK(a->status().fenced + b->status().fenced == 0);
  CHECK(b->status().takeovers == 0);

  const auto view = transport::load_cluster(a->log(), "test");
  REQUIRE(view.has_value());
  CHECK(view->state.nodes.size() == 2);
  CHECK(view->state.partitions.size() == all);

  a.reset(); // in order
  REQUIRE(reached([&] { return b->runs() == all; }));
  CHECK(b->status().fenced == 0);

  auto c = std::make_unique<shop_node>(broker, "c", run);
  REQUIRE(reached([&] { return c->runs() >= all / 2; }));
  b->die();
  REQUIRE(reached([&] { return c->runs() == all; }));
  CHECK(c->status().takeovers >= all / 2);
  CHECK(reached([&] { return all_is_done(*c, run, orders); }));
  CHECK(c->status().alarms().empty());
}

TEST_CASE("a node that disagrees does not get in, and says with whom and about what") {
  spdlog::set_level(spdlog::level::off);
  const testing_nats::broker broker;
  const auto run = demo::simulated_shop().draw(7, 10);
  shop_node a(broker, "a", run);
  REQUIRE(reached([&] { return a.runs() == a.journals(); }));
  SUBCASE("about the program") {
    shop_node b(broker, "b", run, {.fingerprint = "g"});
    REQUIRE(reached([&] { return b.status().membership == runtime::membership::refused; }));
    REQUIRE(b.status().alarms().size() == 1);
    CHECK(b.status().alarms().front() ==
          "cannot join the cluster: node a runs schemas and choreography f, this node b runs g");
    CHECK(b.runs() == 0);
  }
  SUBCASE("about the number of partitions: the journals say so first") {
    shop_node b(broker, "b", run, {.partitions = 3});
    CHECK(b.open_error().find("partitions 2, this node expects 3") != std::string::npos);
  }
  SUBCASE("about its name") {
    shop_node b(broker, "a", run);
    CHECK(reached([&] { return b.status().membership == runtime::membership::refused; }));
  }
  CHECK(a.runs() == a.journals());
}

TEST_CASE("services run where they are hosted, and a source where it is fed") {
  spdlog::set_level(spdlog::level::warn);
  const testing_nats::broker broker;
  const auto run = demo::simulated_shop().draw(9, orders);
  shop_node front(broker, "front", run, {.hosts = {{"orders", "shipping"}}});
  shop_node back(broker, "back", run, {.hosts = {{"inventory", "payment"}}});
  shop_node feeder(broker, "feeder", run, {.hosts = {{"intake"}}});
  REQUIRE(reached([&] { return front.runs() == 4 && back.runs() == 4 && feeder.runs() == 1; }));
  CHECK(reached([&] { return all_is_done(front, run, orders); }));
}

} // namespace reel::test
