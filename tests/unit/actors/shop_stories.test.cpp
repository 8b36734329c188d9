// What customers live through: the whole shop in one process, in virtual time, also while everything fails that may.
#include "actors/payment/gateway_books.hpp"
#include "actors/shop.hpp"
#include "order_lines.hpp"

#include <reel/test_story.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>
#include <shop/shipping_events.hpp>

#include <doctest/doctest.h>

#include <functional>

using namespace shop;
using reel::test::given;
using reel::test::make;
using shop::test::order_created;
using std::chrono::operator""min;

namespace {

/// Ten teas and two cups on the shelf.
reel::test::story stocked_shop(const shop_options& options = {}) {
  return given(choreography(options), make<intake::GoodsReceived>("tea", 10UL),
               make<intake::GoodsReceived>("cup", 2UL));
}

/// Charges, and never says so.
class deaf_gateway final : public payment::payment_gateway {
public:
  explicit deaf_gateway(std::shared_ptr<payment::gateway_books> books) : books_(std::move(books)) {}
  void charge(const payment::charge_request& request, reel::completion<payment::charge_answer> done) const override {
    (void)books_->charge(request);
    done.fail("the line is dead");
  }
  void refund(const payment::refund_request& request, reel::completion<payment::refund_answer> done) const override {
    done(books_->refund(request));
  }
  void make_void(const payment::void_request& request, reel::completion<payment::void_answer> done) const override {
    done(books_->make_void(request));
  }

private:
  std::shared_ptr<payment::gateway_books> books_;
};

const auto order = order_created("17", {{"tea", 4, 400}, {"cup", 1, 900}});

std::string complaint_of(const std::function<void()>& test) {
  try {
    test();
  } catch (const reel::test::mismatch& complaint) {
    return complaint.what();
  }
  return {};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an order is served") {
  stocked_shop()
      .when(order)
      .expect(make<orders::OrderCompleted>("17"))
      .expect_no<payment::PaymentRefunded>()
      .expect_invariants();
}

TEST_CASE("an order is undone in reverse order when no carrier takes it") {
  auto shop = stocked_shop({.shipping_failures = 1.0});
  shop.when(order)
      .expect(make<shipping::ShippingFailed>("17", Reason::shipping_failed),
              make<orders::OrderCancelled>("17", Reason::shipping_failed))
      .expect_no<orders::OrderCompleted>()
      .expect_invariants();
  CHECK(has(shop.state("inventory", "Stock", "tea"), R"("on_hand": 10)"));
  CHECK(has(shop.timeline(), "undoes PaymentProcessed"));
}

TEST_CASE("an order whose charge nobody knows of is undone, and the gateway gives back what it took") {
  const auto books = std::make_shared<payment::gateway_books>(0.0, 1);
  shop_options options;
  options.gateway = std::make_shared<deaf_gateway>(books);
  options.books = books;
  stocked_shop(options)
      .when(order)
      .expect(make<payment::PaymentAbandoned>("17", Reason::gateway_unavailable),
              make<orders::OrderCancelled>("17", Reason::gateway_unavailable))
      .expect(make<payment::ChargeVoided>("17", 1300UL))
      .expect_no<payment::PaymentProcessed>()
      .expect_invariants();
  CHECK(books->sum().captured == 1300);
  CHECK(books->sum().refunded == 1300);
  CHECK(books->sum().repeated == 5); // six attempts with one key
}

TEST_CASE("an order is served again when its goods came back") {
  stocked_shop()
      .given(order_created("16", {{"cup", 3, 900}}))
      .after(std::chrono::hours(24))
      .when(order_created("17", {{"cup", 2, 900}}))
      .expect(make<orders::OrderCompleted>("17"))
      .expect_invariants();
}

TEST_CASE("a cancellation may come when it likes, and everything may fail on the way") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    stocked_shop({.payment_failures = 0.3, .shipping_failures = 0.3, .seed = seed})
        .under_faults(seed)
        .when(order, make<intake::OrderCancellationRequested>("17"), order_created("18", {{"tea", 7, 700}}))
        .expect_invariants();
  }
}

TEST_CASE("an order that is not paid in time is cancelled, and its stock comes back") {
  auto shop = stocked_shop({.unpaid = 1.0});
  shop.when(order).expect(make<payment::PaymentAwaited>("17")).expect_no<payment::PaymentTimedOut>();
  CHECK(has(shop.state("inventory", "Stock", "tea"), R"("on_hand": 6)"));
  shop.after(14min).expect_no<payment::PaymentTimedOut>();
  shop.after(1min)
      .expect(make<payment::PaymentTimedOut>("17"), make<orders::OrderCancelled>("17", Reason::payment_timed_out))
      .expect_no<payment::PaymentProcessed>()
      .expect_invariants();
  CHECK(has(shop.state("inventory", "Stock", "tea"), R"("on_hand": 10)"));
}

TEST_CASE("who cancels while the payment is awaited is not charged either") {
  stocked_shop({.unpaid = 1.0})
      .given(order)
      .after(5min)
      .when(make<intake::OrderCancellationRequested>("17"))
      .after(10min)
      .expect(make<payment::PaymentTimedOut>("17"), make<orders::OrderCancelled>("17", Reason::payment_timed_out))
      .expect_no<payment::PaymentProcessed>()
      .expect_invariants();
}

TEST_CASE("a deadline survives whatever fails before it") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    stocked_shop({.unpaid = 1.0})
        .under_faults(seed)
        .when(order)
        .expect_no<payment::PaymentTimedOut>()
        .after(15min)
        .expect(make<payment::PaymentTimedOut>("17"), make<orders::OrderCancelled>("17", Reason::payment_timed_out))
        .expect_invariants();
  }
}

TEST_CASE("nothing follows from what concerns nobody any more") {
  stocked_shop()
      .given(order)
      .when(make<intake::OrderCancellationRequested>("17"))
      .expect_no<orders::OrderCancelled>()
      .expect_invariants();
}

TEST_CASE("a mismatch shows what is missing, what came instead, and the timeline") {
  const auto text = complaint_of(
      [] { stocked_shop({.payment_failures = 1.0}).when(order).expect(make<orders::OrderCompleted>("17")); });
  CHECK(has(text, "shop, when\n    shop.intake.OrderCreated {"));
  CHECK(has(text, "- shop.orders.OrderCompleted { \"order\": \"17\" }"));
  CHECK(has(text, "  but got\n    shop.inventory.StockReserved {"));
  CHECK(has(text, "timeline of 17\n"));
  CHECK(has(text, "undoes InventoryReserved"));
}

TEST_CASE("events out of order are a mismatch, and so is one too many") {
  CHECK(has(complaint_of([] {
              stocked_shop().when(order).expect(make<orders::OrderCompleted>("17"),
                                                make<intake::GoodsReceived>("tea", 10UL));
            }),
            "- shop.intake.GoodsReceived"));
  CHECK(has(complaint_of([] { stocked_shop().when(order).expect_no<orders::OrderCompleted>(); }),
            "expected no shop.orders.OrderCompleted"));
  CHECK(has(complaint_of([] { stocked_shop().when(order).expect_nothing(); }), "expected nothing"));
}

TEST_CASE("a wrong test is told so") {
  CHECK_THROWS_AS(stocked_shop().when(make<orders::OrderCompleted>("17")), std::logic_error);
  CHECK_THROWS_AS(stocked_shop().expect(make<orders::OrderCompleted>("17")), std::logic_error);
  CHECK_THROWS_AS((void)stocked_shop().state("inventory", "Stock", "none"), std::logic_error);
}
