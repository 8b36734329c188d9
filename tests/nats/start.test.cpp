// What opening the log says of a broker that it cannot use.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "broker.hpp"
#include "transport/nats/nats_log.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace reel::transport {

namespace {

/// Opening fails with this code, in words that hold these ones.
void refused(const nats_options& options, core::errc code, const std::vector<std::string>& words) {
  const auto opened = nats_log::open(options);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == code);
  for (const auto& w : words) {
    CHECK_MESSAGE(opened.error().what.find(w) != std::string::npos, opened.error().what);
  }
}

nats_options options_of(const testing_nats::broker& broker) {
  nats_options options;
  options.urls = broker.urls();
  return options;
}

} // namespace

TEST_CASE("a broker that is not there is waited for, then reported") {
  testing_nats::broker broker;
  auto options = options_of(broker);
  broker.kill();
  options.start_wait = std::chrono::milliseconds(300);
  refused(options, core::errc::unavailable, {"no broker answers at " + broker.urls()});
  options.start_wait = std::chrono::seconds(30);
  std::thread late([&] { CHECK(nats_log::open(options).has_value()); });
  broker.start();
  late.join();
}

TEST_CASE("URLs that are none are named") {
  nats_options options;
  options.urls = "nats://127.0.0.1:port";
  options.start_wait = std::chrono::milliseconds(100);
  const auto opened = nats_log::open(options);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().what.find(options.urls) != std::string::npos);
}

TEST_CASE("a broker without JetStream is told to have it enabled") {
  const testing_nats::broker broker({.jetstream = false});
  refused(options_of(broker), core::errc::mismatch, {"JetStream is not enabled", broker.urls(), "-js"});
}

TEST_CASE("wrong credentials are refused at once") {
  const testing_nats::broker broker({.user = "orders", .password = "right"});
  auto options = options_of(broker);
  refused(options, core::errc::invalid, {"refused the credentials"});
  options.user = "orders";
  options.password = "wrong";
  refused(options, core::errc::invalid, {"refused the credentials"});
  options.password = "right";
  CHECK(nats_log::open(options).has_value());
}

TEST_CASE("credentials in a URL are used, and not shown") {
  const testing_nats::broker broker({.user = "orders", .password = "right"});
  auto options = options_of(broker);
  const auto host = options.urls.substr(std::string("nats://").size());
  options.urls = "nats://orders:right@" + host;
  CHECK(nats_log::open(options).has_value());
  options.urls = "nats://orders:wrong@" + host;
  const auto opened = nats_log::open(options);
  REQUIRE_FALSE(opened.has_value());
  CHECK_MESSAGE(opened.error().what.find("wrong") == std::string::npos, opened.error().what);
  CHECK_MESSAGE(opened.error().what.find(host) != std::string::npos, opened.error().what);
}

TEST_CASE("messages that are too small for frames are refused, with both sizes") {
  const testing_nats::broker broker({.max_payload = "65536"});
  auto options = options_of(broker);
  refused(options, core::errc::mismatch, {"65536", "1048064", "max_payload"});
  options.frame_bytes_max = 60'000;
  CHECK(nats_log::open(options).has_value());
}

TEST_CASE("a certificate that cannot be read is named") {
  nats_options options;
  options.tls.authority = "no-such-authority.pem";
  refused(options, core::errc::invalid, {"no-such-authority.pem"});
}

TEST_CASE("more replicas than servers are refused") {
  const testing_nats::broker broker;
  auto options = options_of(broker);
  options.replicas = 3;
  options.start_wait = std::chrono::milliseconds(100);
  const auto log = nats_log::open(options);
  REQUIRE(log.has_value());
  const auto opened = (*log)->open({"cluster", 0, "orders", 0, 1});
  REQUIRE_FALSE(opened.has_value());
  CHECK_MESSAGE(opened.error().what.find("replicas") != std::string::npos, opened.error().what);
}

} // namespace reel::transport
