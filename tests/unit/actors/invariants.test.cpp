// The shop's invariants: good histories pass, and each kind of bad one is told.
#include "actors/invariants/invariants.hpp"

#include "history.hpp"

#include <doctest/doctest.h>

using reel::test::history;
using reel::test::history_line;
using shop::money_invariant;
using shop::stock_invariant;
using shop::terminal_invariant;

namespace {

const std::vector<history_line> two_lines{{"tea", 2}, {"cup", 1}};

/// Order 17, paid and about to be shipped or not.
struct paid_order {
  history h;
  reel::event_id created;
  reel::event_id reserved;
  reel::event_id paid;

  paid_order() {
    h.stock("tea", 10);
    h.stock("cup", 10);
    created = h.create("17", two_lines);
    reserved = h.reserve(created, "17", two_lines);
    paid = h.pay(reserved, "17", 200);
  }
};

bool mentions(const std::vector<reel::violation>& found, std::string_view text) {
  return found.size() == 1 && found.front().what.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("a completed order keeps stock, money and ends in balance") {
  paid_order o;
  o.h.complete(o.paid, "17");
  CHECK(o.h.check<stock_invariant>().empty());
  CHECK(o.h.check<money_invariant>().empty());
  CHECK(o.h.check<terminal_invariant>().empty());
}

TEST_CASE("an undone order keeps stock, money and ends in balance") {
  paid_order o;
  const auto refunded = o.h.refund(o.h.fail_shipping(o.paid, "17"), "17", 200);
  const auto released = o.h.withdraw(refunded, "17");
  o.h.give_back(released, "17", two_lines[0]);
  o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
  CHECK(o.h.check<stock_invariant>().empty());
  CHECK(o.h.check<money_invariant>().empty());
  CHECK(o.h.check<terminal_invariant>().empty());
}

TEST_CASE("an order under way is no violation until everything has ended") {
  paid_order o;
  CHECK(o.h.check<stock_invariant>(false).empty());
  CHECK(o.h.check<money_invariant>(false).empty());
  CHECK(o.h.check<terminal_invariant>(false).empty());
  CHECK(o.h.check<stock_invariant>(true).size() == 2); // both SKUs
  CHECK(o.h.check<money_invariant>(true).size() == 1);
  CHECK(o.h.check<terminal_invariant>(true).size() == 1);
}

// -- stock ------------------------------------------------------------------------------------------------------------

TEST_CASE("stock: more is set aside than there is") {
  history h;
  h.stock("tea", 1);
  h.complete(h.reserve(h.create("17", {{"tea", 2}}), "17", {{"tea", 2}}), "17");
  const auto found = h.check<stock_invariant>();
  CHECK(mentions(found, "SKU tea: -1 on hand"));
  CHECK(found.front().key == "17");
}

TEST_CASE("stock: goods that were received and never put on the shelf") {
  history h;
  h.add<shop::intake::GoodsReceived>({}, "tea", std::uint64_t{5});
  CHECK(mentions(h.check<stock_invariant>(), "0 on hand + 0 reserved + 0 shipped, 5 received"));
}

TEST_CASE("stock: goods on the shelf that nobody received") {
  history h;
  h.add<shop::inventory::StockAdded>({}, "tea", std::uint64_t{5});
  CHECK(mentions(h.check<stock_invariant>(false), "5 on hand + 0 reserved + 0 shipped, 0 received"));
}

TEST_CASE("stock: a cancelled order keeps a line") {
  paid_order o;
  const auto released = o.h.withdraw(o.h.refund(o.h.fail_shipping(o.paid, "17"), "17", 200), "17");
  o.h.cancel(o.h.give_back(released, "17", two_lines[0]), "17");
  CHECK(o.h.check<stock_invariant>(false).front().what == "SKU cup: 1 stay reserved for a cancelled order");
}

TEST_CASE("stock: a line is given back twice") {
  paid_order o;
  const auto released = o.h.withdraw(o.h.refund(o.h.fail_shipping(o.paid, "17"), "17", 200), "17");
  o.h.give_back(released, "17", two_lines[0]);
  o.h.give_back(released, "17", two_lines[1]);
  o.h.give_back(released, "17", two_lines[1]);
  CHECK(o.h.check<stock_invariant>(false).front().what == "SKU cup: gave back more than was reserved for the order");
}

TEST_CASE("stock: an order completes without one of its lines") {
  history h;
  h.stock("tea", 10);
  h.complete(h.reserve(h.create("17", two_lines), "17", {two_lines[0]}), "17");
  CHECK(mentions(h.check<stock_invariant>(), "SKU cup: completed with 0 of 1 wanted"));
}

TEST_CASE("stock: a line is set aside twice") {
  paid_order o;
  o.h.add<shop::inventory::StockReserved>(o.created, "17", "cup", 1U, std::uint64_t{100}, 2U);
  CHECK(mentions(o.h.check<stock_invariant>(false), "SKU cup: 2 reserved of 1 wanted"));
}

TEST_CASE("stock: short although there is enough") {
  history h;
  h.stock("tea", 10);
  h.add<shop::inventory::StockShort>(h.create("17", {{"tea", 2}}), "17", "tea", 2U, std::uint64_t{10}, 1U);
  CHECK(mentions(h.check<stock_invariant>(), "short of 2 with 10 available, but 10 were on hand"));
}

TEST_CASE("stock: a count that is not the sum of its events") {
  history h;
  h.stock("tea", 1);
  h.add<shop::inventory::StockShort>(h.create("17", {{"tea", 2}}), "17", "tea", 2U, std::uint64_t{0}, 1U);
  CHECK(mentions(h.check<stock_invariant>(), "short of 2 with 0 available, but 1 were on hand"));
}

// -- money ------------------------------------------------------------------------------------------------------------

TEST_CASE("money: charged twice") {
  paid_order o;
  o.h.pay(o.reserved, "17", 200);
  CHECK(mentions(o.h.check<money_invariant>(false), "charged 400 in 2 charges for goods worth 200"));
}

TEST_CASE("money: charged another amount than the goods cost") {
  history h;
  h.pay(h.reserve(h.create("17", two_lines), "17", two_lines), "17", 150);
  CHECK(mentions(h.check<money_invariant>(false), "charged 150 in 1 charges for goods worth 200"));
}

TEST_CASE("money: refunded more than was charged") {
  paid_order o;
  o.h.refund(o.h.fail_shipping(o.paid, "17"), "17", 201);
  CHECK(mentions(o.h.check<money_invariant>(false), "refunded 201 of 200 charged"));
}

TEST_CASE("money: cancelled and not refunded") {
  paid_order o;
  o.h.cancel(o.h.fail_shipping(o.paid, "17"), "17");
  CHECK(mentions(o.h.check<money_invariant>(), "cancelled with 200 charged and 0 refunded"));
}

TEST_CASE("money: completed without a charge") {
  history h;
  h.complete(h.reserve(h.create("17", two_lines), "17", two_lines), "17");
  CHECK(mentions(h.check<money_invariant>(), "completed with 0 charged"));
}

TEST_CASE("money: completed and refunded") {
  paid_order o;
  o.h.refund(o.paid, "17", 200);
  o.h.complete(o.paid, "17");
  CHECK(mentions(o.h.check<money_invariant>(), "completed with 200 charged and 200 refunded"));
}

TEST_CASE("money: refunded or charged after the end") {
  paid_order o;
  o.h.complete(o.paid, "17");
  SUBCASE("refunded") {
    o.h.refund(o.paid, "17", 200);
    CHECK(mentions(o.h.check<money_invariant>(false), "refunded 200 of 0 charged"));
  }
  SUBCASE("charged") {
    o.h.pay(o.reserved, "17", 200);
    CHECK(mentions(o.h.check<money_invariant>(false), "charged 200 in 1 charges for goods worth 0"));
  }
}

// -- terminal ---------------------------------------------------------------------------------------------------------

TEST_CASE("terminal: an order ends twice") {
  paid_order o;
  o.h.complete(o.paid, "17");
  o.h.cancel(o.paid, "17");
  CHECK(mentions(o.h.check<terminal_invariant>(), "ended a second time"));
}

TEST_CASE("terminal: an order ends that was not created") {
  history h;
  h.cancel({}, "17");
  CHECK(mentions(h.check<terminal_invariant>(), "ended without having been created"));
}

TEST_CASE("terminal: an order is created twice") {
  history h;
  h.create("17", two_lines);
  SUBCASE("while it is under way") {}
  SUBCASE("after its end") {
    h.cancel(h.create("18", two_lines), "18");
    h.create("18", two_lines);
  }
  h.create("17", two_lines);
  for (const auto& found : h.check<terminal_invariant>(false)) {
    CHECK(found.what == "created a second time");
  }
  CHECK_FALSE(h.check<terminal_invariant>(false).empty());
}

TEST_CASE("terminal: an order never ends") {
  history h;
  h.create("17", two_lines);
  const auto found = h.check<terminal_invariant>();
  CHECK(mentions(found, "has not ended"));
  CHECK(found.front().key == "17");
}
