// The check of compensations, on the shop's events: it knows none of their names.
#include "core/compensation_invariant.hpp"

#include "history.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using reel::test::history;
using reel::test::history_line;

namespace {

const std::vector<history_line> two_lines{{"tea", 2}, {"cup", 1}};

/// Order 17: its stock is reserved, it is paid, and shipping has failed.
struct failed_order {
  history h;
  reel::event_id created = h.create("17", two_lines);
  reel::event_id reserved = h.reserve(created, "17", two_lines);
  reel::event_id paid = h.pay(reserved, "17", 200);
  reel::event_id failed = h.fail_shipping(paid, "17");
};

std::vector<std::string> faults(const history& h, bool quiescent = true) {
  reel::core::compensation_invariant checked(history::choreography());
  std::vector<std::string> result;
  for (auto& v : h.check(checked, quiescent)) {
    CHECK(v.invariant == "compensation");
    CHECK(v.flow == reel::core::correlation_of("17"));
    result.push_back(std::move(v.what));
  }
  std::sort(result.begin(), result.end());
  return result;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("each step undone once, in reverse order") {
  failed_order o;
  const auto released = o.h.withdraw(o.h.refund(o.failed, "17", 200), "17");
  SUBCASE("one order of the lines") {
    o.h.give_back(released, "17", two_lines[0]);
    o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
  }
  SUBCASE("and the other: they were concurrent") {
    o.h.give_back(released, "17", two_lines[1]);
    o.h.cancel(o.h.give_back(released, "17", two_lines[0]), "17");
  }
  CHECK(faults(o.h) == texts{});
}

TEST_CASE("an order without trouble undoes nothing") {
  history h;
  h.complete(h.pay(h.reserve(h.create("17", two_lines), "17", two_lines), "17", 200), "17");
  CHECK(faults(h) == texts{});
}

TEST_CASE("what happens to another flow, or late and without effect, does not matter") {
  failed_order o;
  o.h.create("18", two_lines);
  const auto released = o.h.withdraw(o.h.refund(o.failed, "17", 200), "17");
  o.h.give_back(released, "17", two_lines[0]);
  o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
  const auto late = o.h.add<shop::intake::OrderCancellationRequested>({}, "17");
  o.h.add<shop::payment::PaymentWithheld>(late, "17");
  CHECK(faults(o.h) == texts{});
}

TEST_CASE("a step is never undone") {
  failed_order o;
  const auto released = o.h.withdraw(o.h.refund(o.failed, "17", 200), "17");
  const auto back = o.h.give_back(released, "17", two_lines[0]);
  SUBCASE("and the order ends") {
    o.h.cancel(back, "17");
    CHECK(faults(o.h) == texts{"StockReserved was never undone"});
  }
  SUBCASE("and all is quiet") {
    CHECK(faults(o.h) == texts{"StockReserved was never undone"});
  }
  SUBCASE("yet") {
    CHECK(faults(o.h, false) == texts{});
  }
}

TEST_CASE("steps are never undone although none of their kind is, ever") {
  failed_order o;
  o.h.cancel(o.failed, "17");
  CHECK(faults(o.h) == texts{"InventoryReserved was never undone", "PaymentProcessed was never undone",
                             "StockReserved was never undone", "StockReserved was never undone"});
}

TEST_CASE("a step is undone twice") {
  failed_order o;
  const auto refunded = o.h.refund(o.failed, "17", 200);
  o.h.refund(o.failed, "17", 200);
  const auto released = o.h.withdraw(refunded, "17");
  o.h.give_back(released, "17", two_lines[0]);
  o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
  CHECK(faults(o.h) == texts{"PaymentRefunded a second time"});
}

TEST_CASE("a step is undone for another entity than did it") {
  failed_order o;
  const auto released = o.h.withdraw(o.h.refund(o.failed, "17", 200), "17");
  o.h.give_back(released, "17", two_lines[0]);
  o.h.cancel(o.h.give_back(released, "17", {"pot", 1}), "17");
  CHECK(faults(o.h) == texts{"StockReleased without shop.inventory.StockReserved", "StockReserved was never undone"});
}

TEST_CASE("what never happened is undone") {
  history h;
  const auto reserved = h.reserve(h.create("17", two_lines), "17", two_lines);
  const auto failed = h.add<shop::payment::PaymentFailed>(reserved, "17", shop::Reason::payment_declined);
  h.refund(failed, "17", 200);
  CHECK(faults(h, false) == texts{"PaymentRefunded without shop.payment.PaymentProcessed"});
}

TEST_CASE("a step comes after its undoing") {
  history h;
  const auto created = h.create("17", two_lines);
  const auto short_of = h.add<shop::inventory::StockShort>(created, "17", "cup", 1U, std::uint64_t{0}, 2U);
  h.give_back(short_of, "17", two_lines[0]);
  h.add<shop::inventory::StockReserved>(created, "17", "tea", 2U, std::uint64_t{100}, 2U);
  CHECK(faults(h) == texts{"StockReleased does not come after StockReserved"});
}

TEST_CASE("a step is undone before a later one") {
  failed_order o;
  SUBCASE("the stock before the money") {
    const auto released = o.h.withdraw(o.failed, "17"); // should wait for the refund
    const auto back = o.h.give_back(released, "17", two_lines[0]);
    o.h.give_back(released, "17", two_lines[1]);
    o.h.cancel(o.h.refund(back, "17", 200), "17");
    CHECK(faults(o.h) == texts{"InventoryReleased before the undoing of PaymentProcessed, a later step",
                               "StockReleased before the undoing of PaymentProcessed, a later step",
                               "StockReleased before the undoing of PaymentProcessed, a later step"});
  }
  SUBCASE("at the same time as the money") {
    const auto released = o.h.withdraw(o.failed, "17");
    o.h.refund(o.failed, "17", 200);
    o.h.give_back(released, "17", two_lines[0]);
    o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
    CHECK(faults(o.h).size() == 3);
  }
  SUBCASE("a line before the reservation, while the run goes on") {
    const auto refunded = o.h.refund(o.failed, "17", 200);
    o.h.give_back(refunded, "17", two_lines[1]);
    CHECK(faults(o.h, false) == texts{"StockReleased before the undoing of InventoryReserved, a later step"});
  }
}

TEST_CASE("an order is undone although nothing failed") {
  history h;
  const auto paid = h.pay(h.reserve(h.create("17", two_lines), "17", two_lines), "17", 200);
  h.complete(h.refund(paid, "17", 200), "17");
  CHECK(faults(h) == texts{"PaymentRefunded although nothing had failed"});
}

TEST_CASE("a branch beside the end of a failed order is undone after it") {
  failed_order o;
  const auto released = o.h.withdraw(o.h.refund(o.failed, "17", 200), "17");
  const auto first = o.h.give_back(released, "17", two_lines[0]);
  SUBCASE("a step that is undone late") {
    o.h.cancel(first, "17");
    o.h.give_back(released, "17", two_lines[1]);
    CHECK(faults(o.h) == texts{});
  }
  SUBCASE("a late step, once everything was undone") {
    o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
    const auto late = o.h.pay(o.reserved, "17", 200);
    SUBCASE("undone") {
      o.h.refund(late, "17", 200);
      CHECK(faults(o.h) == texts{});
    }
    SUBCASE("never undone") {
      CHECK(faults(o.h) == texts{"PaymentProcessed was never undone"});
    }
    SUBCASE("not undone yet") {
      CHECK(faults(o.h, false) == texts{});
    }
  }
  SUBCASE("a late undoing of nothing") {
    o.h.cancel(o.h.give_back(released, "17", two_lines[1]), "17");
    o.h.refund(o.failed, "17", 200);
    CHECK(faults(o.h) == texts{"PaymentRefunded without shop.payment.PaymentProcessed"});
  }
}

TEST_CASE("a step or an undoing after the end") {
  history h;
  const auto reserved = h.reserve(h.create("17", two_lines), "17", two_lines);
  const auto paid = h.pay(reserved, "17", 200);
  h.complete(paid, "17");
  SUBCASE("undoing") {
    h.refund(paid, "17", 200);
    CHECK(faults(h, false) == texts{"PaymentRefunded of 17 comes after the end of its flow"});
  }
  SUBCASE("step of a branch beside it") {
    h.pay(reserved, "17", 200);
    CHECK(faults(h) == texts{});
  }
}

TEST_CASE("an order of thousands of lines is checked as well") {
  constexpr int lines_count = 3000;
  std::vector<history_line> lines;
  for (int i = 0; i < lines_count; ++i) {
    lines.push_back({"sku-" + std::to_string(i), 1});
  }
  history h;
  const auto reserved = h.reserve(h.create("17", lines), "17", lines);
  const auto failed = h.add<shop::payment::PaymentFailed>(reserved, "17", shop::Reason::payment_declined);
  const auto released = h.withdraw(failed, "17");
  reel::event_id last;
  for (int i = 0; i + 1 < lines_count; ++i) {
    last = h.give_back(released, "17", lines[static_cast<std::size_t>(i)]);
  }
  h.cancel(last, "17");
  CHECK(faults(h) == texts{"StockReserved was never undone"});
}
