// Leases work alike on every log.
#pragma once

#include "log_conformance.hpp"
#include "transport/lease.hpp"

namespace reel::conformance {

/// Two nodes, one lease, a clock that the test moves.
struct lease_fixture {
  lease_fixture() {
    for (const auto* owner : {"first", "second"}) {
      transport::lease_options options;
      options.cluster = "test-cluster";
      options.service = "inventory";
      options.owner = owner;
      options.duration = std::chrono::seconds(10);
      leases.emplace_back(
          t->log(), options, [this] { return now; }, [this] { t->progress(); });
    }
  }

  std::unique_ptr<log_under_test> t = make_log();
  timestamp now{std::chrono::seconds(4'102'444'800)}; // later than any genesis: a journal's time never goes back
  std::vector<transport::lease> leases;
};

TEST_CASE("a lease is held by one node until its end") {
  lease_fixture f;
  const auto taken = f.leases[0].acquire();
  REQUIRE(taken.has_value());
  CHECK(taken->owner == "first");
  CHECK(taken->epoch == 1);
  const auto refused = f.leases[1].acquire();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == core::errc::fenced);
  CHECK(refused.error().what.find("first") != std::string::npos);
  f.now += std::chrono::seconds(11);
  const auto taken_over = f.leases[1].acquire();
  REQUIRE_MESSAGE(taken_over.has_value(), (taken_over ? "" : taken_over.error().what));
  CHECK(taken_over->epoch == 2);
  const auto late = f.leases[0].renew();
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().code == core::errc::fenced);
}

TEST_CASE("a renewed lease goes on, in the same epoch") {
  lease_fixture f;
  REQUIRE(f.leases[0].acquire().has_value());
  for (int i = 0; i < 5; ++i) {
    f.now += std::chrono::seconds(8);
    const auto renewed = f.leases[0].renew();
    REQUIRE(renewed.has_value());
    CHECK(renewed->epoch == 1);
    CHECK_FALSE(f.leases[1].acquire().has_value());
  }
  const auto holder = f.leases[1].holder();
  REQUIRE(holder.has_value());
  CHECK(holder->owner == "first");
  CHECK(holder->held_at(f.now));
}

TEST_CASE("a released lease is free at once") {
  lease_fixture f;
  CHECK_FALSE(f.leases[0].release().has_value());
  CHECK_FALSE(f.leases[0].renew().has_value());
  REQUIRE(f.leases[0].acquire().has_value());
  CHECK(f.leases[0].release().has_value());
  const auto holder = f.leases[1].holder();
  REQUIRE(holder.has_value());
  CHECK_FALSE(holder->held_at(f.now));
  const auto taken = f.leases[1].acquire();
  REQUIRE(taken.has_value());
  CHECK(taken->epoch == 2);
}

TEST_CASE("of two nodes that take a free lease at once one gets it") {
  lease_fixture f;
  REQUIRE(f.leases[0].holder().has_value());
  REQUIRE(f.leases[1].holder().has_value());
  const bool first = f.leases[0].acquire().has_value();
  const bool second = f.leases[1].acquire().has_value();
  CHECK(first);
  CHECK_FALSE(second);
}

} // namespace reel::conformance
