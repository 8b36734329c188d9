#include "runtime/projection_view.hpp"

#include "projection_fixture.hpp"

#include <doctest/doctest.h>

using namespace projection_test;
using reel::runtime::view_reader;

namespace {

/// Three accounts: ann 100, bob 30 after a withdrawal, eve 30.
struct small_bank {
  std::shared_ptr<const runtime::plan> plan = make_plan();
  journal branch{*plan, 0};
  folder data;
  runtime::projection_store store{plan, std::make_unique<accounts>(), data.path()};

  small_bank() {
    branch.append({{deposited, "ann", 100}, {deposited, "bob", 40}, {withdrawn, "bob", 10}, {deposited, "eve", 30}});
    write();
  }
  void write() {
    for (const auto& frame : branch.all()) {
      store.on_frame(frame);
    }
    store.flush();
  }
  [[nodiscard]] view_reader open() const {
    return view_reader::open(data.path(), "accounts").value();
  }
  [[nodiscard]] std::string keys(const runtime::view_query& query) const {
    std::string result;
    auto reader = open();
    const auto visit = [&](const projection::row& row) { result += std::get<std::string>(row[0]) + " "; };
    CHECK(reader.list(query, visit).has_value());
    return result;
  }
};

} // namespace

TEST_CASE("a view that does not exist is not found") {
  const folder data;
  CHECK(view_reader::open(data.path(), "accounts").error().code == core::errc::not_found);
  CHECK(view_reader::open(data.path() / "nowhere", "accounts").error().code == core::errc::not_found);
}

TEST_CASE("rows are found by key") {
  const small_bank b;
  auto reader = b.open();
  CHECK(reader.columns() == std::vector<std::string>{"account", "balance", "changes", "mean", "last_event"});
  const auto bob = reader.find("bob").value();
  REQUIRE(bob.has_value());
  CHECK(*bob ==
        projection::row{std::string("bob"), std::int64_t{30}, std::int64_t{2}, 15.0, std::string("bank.Withdrawn")});
  CHECK_FALSE(reader.find("nobody").value().has_value());
}

TEST_CASE("rows are listed with a condition, an order and a limit") {
  const small_bank b;
  CHECK(b.keys({}) == "ann bob eve ");
  CHECK(b.keys({"balance = 30 OR balance = 1", "", 100}) == "bob eve ");
  CHECK(b.keys({"", "balance, account DESC", 2}) == "eve bob ");
  CHECK(b.keys({"", "", 0}).empty());
}

TEST_CASE("rows are counted") {
  const small_bank b;
  auto reader = b.open();
  CHECK(reader.count().value() == 3);
  CHECK(reader.count("balance > 50").value() == 1);
  const auto by_event = reader.count_by("last_event").value();
  REQUIRE(by_event.size() == 2);
  CHECK(std::get<std::string>(by_event[0].first) == "bank.Deposited");
  CHECK(by_event[0].second == 2);
  CHECK(reader.count_by("colour").error().code == core::errc::invalid);
}

TEST_CASE("a wrong or writing condition is an error in words") {
  const small_bank b;
  auto reader = b.open();
  const auto wrong = reader.count("colour = 1");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().code == core::errc::invalid);
  CHECK(wrong.error().what.find("colour") != std::string::npos);
  CHECK(reader.count("1); DELETE FROM accounts; --").error().code == core::errc::invalid);
  CHECK(reader.count("balance = ").error().code == core::errc::invalid);
  CHECK(reader.count().value() == 3);
}

TEST_CASE("a reader sees what is written while it is open, and its positions") {
  small_bank b;
  auto reader = b.open();
  CHECK(reader.count().value() == 3);
  b.branch.append({{deposited, "zoe", 1}});
  b.write();
  CHECK(reader.count().value() == 4);
  const auto positions = reader.positions().value();
  REQUIRE(positions.size() == 1);
  CHECK(positions[0].journal == b.plan->journals[0].id);
  CHECK(positions[0].at.sequence == frame_sequence{3});
  CHECK(positions[0].at.hash == b.branch.tail().hash);
}
