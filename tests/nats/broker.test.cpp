// The broker of the tests: comes up, goes down, keeps what it stored, and leaves nothing behind.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "broker.hpp"

#include <doctest/doctest.h>

namespace reel::testing_nats {

TEST_CASE("a server starts, is killed and starts again at the same place") {
  std::filesystem::path store;
  {
    broker one;
    store = one.store(0);
    CHECK(std::filesystem::exists(store));
    const auto url = one.url(0);
    one.kill();
    one.start();
    one.wait_ready();
    CHECK(one.url(0) == url);
  }
  CHECK_FALSE(std::filesystem::exists(store));
}

TEST_CASE("three servers form a cluster, and two of them go on without the third") {
  broker three({.servers = 3});
  three.kill(1);
  three.wait_ready();
  three.start(1);
  three.wait_ready();
  CHECK(three.urls().find(',') != std::string::npos);
}

TEST_CASE("a server that cannot start says why") {
  CHECK_THROWS_WITH_AS(broker({.max_payload = "nonsense"}), doctest::Contains("server.conf:3"), std::runtime_error);
}

} // namespace reel::testing_nats
