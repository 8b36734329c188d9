// The whole shop under every order of events that a runtime may choose: whatever races, the invariants hold.
#include "actors/invariants/invariants.hpp"
#include "actors/shop.hpp"
#include "core/compensation_invariant.hpp"
#include "interpreter.hpp"

#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace {

using reel::test::interpreter;
namespace intake = shop::intake;

/// REEL_TEST_SEEDS=20000 for a long run.
std::uint64_t seeds() {
  constexpr std::uint64_t usual = 500;
  const char* wanted = std::getenv("REEL_TEST_SEEDS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

constexpr int orders = 30;

const shop::shop_options options{.payment_failures = 0.2, .shipping_failures = 0.2, .seed = 7, .unpaid = 0.2};

void create_order(reel::outbox& out, const std::string& id, std::mt19937_64& random) {
  out.build<intake::OrderCreated>([&](flatbuffers::FlatBufferBuilder& b) {
    std::vector<flatbuffers::Offset<shop::OrderLine>> lines;
    std::set<std::uint64_t> skus;
    for (std::uint64_t i = 0; i < 1 + random() % 4; ++i) {
      skus.insert(random() % 6);
    }
    for (const auto sku : skus) {
      const auto name = b.CreateString("sku-" + std::to_string(sku));
      lines.push_back(
          shop::CreateOrderLine(b, name, 1 + static_cast<std::uint32_t>(random() % 5), 100 + random() % 900));
    }
    const auto order = b.CreateString(id);
    const auto customer = b.CreateString("c");
    return intake::CreateOrderCreated(b, order, customer, b.CreateVector(lines));
  });
}

/// Orders, goods and cancellations in an arbitrary mixture; some cancellations come twice, or before their order.
void fill_intake(interpreter& shop, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  reel::outbox out;
  std::vector<std::string> cancel_later;
  for (int i = 0; i < orders; ++i) {
    if (random() % 3 == 0) {
      out.add<intake::GoodsReceived>("sku-" + std::to_string(random() % 6), 1 + random() % 30);
    }
    const auto id = std::to_string(1000 + i);
    if (random() % 50 == 0) {
      out.add<intake::OrderCancellationRequested>(id);
    }
    create_order(out, id, random);
    if (random() % 2 == 0) {
      cancel_later.push_back(id);
    }
    while (!cancel_later.empty() && random() % 3 == 0) {
      out.add<intake::OrderCancellationRequested>(cancel_later.front());
      if (random() % 4 != 0) {
        cancel_later.erase(cancel_later.begin());
      }
    }
  }
  for (const auto& id : cancel_later) {
    out.add<intake::OrderCancellationRequested>(id);
  }
  shop.take_in("intake", out);
}

std::vector<reel::violation> check(const reel::choreography_info& choreography, const interpreter& shop,
                                   bool quiescent) {
  std::vector<std::unique_ptr<reel::invariant>> invariants;
  for (const auto& make : choreography.invariants) {
    invariants.push_back(make());
  }
  invariants.push_back(std::make_unique<reel::core::compensation_invariant>(choreography));
  std::vector<reel::violation> result;
  for (const auto& event : shop.facts()) {
    for (const auto& i : invariants) {
      i->observe(event);
    }
  }
  for (const auto& i : invariants) {
    for (auto& v : i->finish(quiescent)) {
      result.push_back(std::move(v));
    }
  }
  return result;
}

/// Takes a reaction out of the shop.
void remove(reel::choreography_info& choreography, std::string_view actor, std::string_view reaction) {
  std::size_t removed = 0;
  for (auto& service : choreography.services) {
    for (auto& a : service.actors) {
      if (a.name == actor) {
        removed += std::erase_if(a.reactions, [&](const auto& r) { return r.name == reaction; });
      }
    }
  }
  REQUIRE(removed == 1);
}

/// Which invariants do not hold in a shop without this reaction.
std::string broken_without(std::string_view actor, std::string_view reaction) {
  auto choreography = shop::choreography(options);
  remove(choreography, actor, reaction);
  std::set<std::string> broken;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    interpreter shop(choreography, seed, 1, 2);
    fill_intake(shop, seed);
    shop.run();
    for (const auto& v : check(choreography, shop, true)) {
      broken.insert(v.invariant);
    }
  }
  std::string result;
  for (const auto& name : broken) {
    result += (result.empty() ? "" : " ") + name;
  }
  return result;
}

} // namespace

TEST_CASE("the invariants hold under every order of events") {
  const auto choreography = shop::choreography(options);
  std::map<reel::event_type_id, std::size_t> counts;
  std::map<shop::Reason, std::size_t> reasons;
  std::size_t late = 0;
  const auto count = seeds();
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    CAPTURE(seed);
    interpreter shop(choreography, seed, 1 + seed % 2, 1 + seed % 5);
    fill_intake(shop, seed);
    shop.run();
    CHECK(shop.failures().empty());
    const auto violations = check(choreography, shop, true);
    for (const auto& v : violations) {
      FAIL_CHECK(v.invariant << ": " << v.what << " (" << v.key << ")");
    }
    CHECK(shop.recover_and_compare().empty());
    shop.for_each_entity([&](std::string_view actor, std::string_view key, const std::string& state) {
      // All that is left of an order is the note of a cancellation that came too late.
      INFO(actor, " ", key, " ", state);
      const bool is_note = state.find("\"withheld\": true") != std::string::npos;
      CHECK((actor == "Stock" || is_note));
      late += actor == "Order" ? 1 : 0;
    });
    for (const auto& type : choreography.events) {
      counts[type.id] += shop.count(type.id);
    }
    for (const auto& event : shop.facts()) {
      if (const auto* cancelled = event.as<shop::orders::OrderCancelled>()) {
        ++reasons[cancelled->reason()];
      }
    }
  }
  for (const auto& type : choreography.events) { // or the runs do not show what they should
    INFO(type.name);
    CHECK(counts[type.id] > 0);
  }
  for (const auto reason : shop::EnumValuesReason()) {
    INFO(shop::EnumNameReason(reason));
    CHECK((reasons[reason] > 0) == (reason != shop::Reason::none));
  }
  CHECK(late > 0);
}

TEST_CASE("the invariants hold at every moment of a run") {
  const auto choreography = shop::choreography(options);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    interpreter shop(choreography, seed, 1, 3);
    fill_intake(shop, seed);
    for (std::size_t i = 0; shop.step(); ++i) {
      if (i % 50 == 0) {
        CHECK(check(choreography, shop, false).empty());
      }
    }
  }
}

TEST_CASE("a shop that lacks one of its undoing reactions is caught") {
  CHECK(broken_without("Payment", "refund_unshipped") == "compensation money stock terminal");
  CHECK(broken_without("Payment", "refund_cancelled") == "compensation money stock terminal");
  CHECK(broken_without("Shipment", "take_back") == "compensation money stock terminal");
  CHECK(broken_without("Reservation", "release_unpaid") == "compensation stock terminal");
  CHECK(broken_without("Stock", "release") == "compensation stock terminal");
  CHECK(broken_without("Order", "close") == "terminal");
}
