// Histories of the shop written by hand, also ones that cannot happen: what the invariants must accept or refuse.
#pragma once

#include "actors/shop.hpp"
#include "core/hash.hpp"

#include <reel/invariant.hpp>
#include <reel/outbox.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/orders_events.hpp>
#include <shop/payment_events.hpp>
#include <shop/shipping_events.hpp>

#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace reel::test {

struct history_line {
  std::string sku;
  std::uint32_t quantity = 1;
};

/// Events in the order in which they are added. Each service has one journal.
class history {
public:
  /// Adds an event that `cause` caused; without a cause it starts a flow.
  template <event Event, class... Fields>
  event_id add(const event_id& cause, const Fields&... fields) {
    outbox_.clear();
    outbox_.add<Event>(fields...);
    return store<Event>(cause);
  }
  template <event Event, class Fill>
  event_id build(const event_id& cause, Fill fill) {
    outbox_.clear();
    outbox_.build<Event>(fill);
    return store<Event>(cause);
  }

  // -- whole stages of an order; each returns its last event ---------------------------------------------------------

  void stock(const std::string& sku, std::uint64_t quantity) {
    const auto received = add<shop::intake::GoodsReceived>({}, sku, quantity);
    add<shop::inventory::StockAdded>(received, sku, quantity);
  }
  /// Each line costs 100.
  event_id create(const std::string& order, const std::vector<history_line>& lines) {
    return build<shop::intake::OrderCreated>({}, [&](flatbuffers::FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<shop::OrderLine>> built;
      for (const auto& line : lines) {
        built.push_back(shop::CreateOrderLine(b, b.CreateString(line.sku), line.quantity, line_pence));
      }
      const auto id = b.CreateString(order);
      const auto customer = b.CreateString("somebody");
      return shop::intake::CreateOrderCreated(b, id, customer, b.CreateVector(built));
    });
  }
  event_id reserve(const event_id& created, const std::string& order, const std::vector<history_line>& lines) {
    event_id last;
    std::vector<event_id> reserved;
    for (const auto& line : lines) {
      reserved.push_back(
          add<shop::inventory::StockReserved>(created, order, line.sku, line.quantity, line_pence, lines.size()));
    }
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      add<shop::inventory::LineReserved>(reserved[i], order, lines[i].sku, lines[i].quantity, line_pence);
    }
    return add<shop::inventory::InventoryReserved>(reserved.back(), order, lines.size() * line_pence, lines.back().sku,
                                                   lines.back().quantity);
  }
  event_id pay(const event_id& reserved, const std::string& order, std::uint64_t amount) {
    return add<shop::payment::PaymentProcessed>(reserved, order, amount, std::uint64_t{1});
  }
  event_id refund(const event_id& cause, const std::string& order, std::uint64_t amount) {
    return add<shop::payment::PaymentRefunded>(cause, order, amount, std::uint64_t{1}, shop::Reason::shipping_failed);
  }
  event_id fail_shipping(const event_id& paid, const std::string& order) {
    return add<shop::shipping::ShippingFailed>(paid, order, shop::Reason::shipping_failed);
  }
  event_id withdraw(const event_id& cause, const std::string& order) {
    return build<shop::inventory::InventoryReleased>(cause, [&](flatbuffers::FlatBufferBuilder& b) {
      const auto id = b.CreateString(order);
      return shop::inventory::CreateInventoryReleased(
          b, id, shop::Reason::shipping_failed, b.CreateVector(std::vector<flatbuffers::Offset<shop::OrderLine>>{}));
    });
  }
  event_id give_back(const event_id& cause, const std::string& order, const history_line& line) {
    return add<shop::inventory::StockReleased>(cause, order, line.sku, line.quantity);
  }
  event_id complete(const event_id& cause, const std::string& order) {
    return add<shop::orders::OrderCompleted>(cause, order);
  }
  event_id cancel(const event_id& cause, const std::string& order) {
    return add<shop::orders::OrderCancelled>(cause, order, shop::Reason::shipping_failed);
  }

  // -- checking ------------------------------------------------------------------------------------------------------

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& r : records_) {
      visit(fact{.type = r.type,
                 .payload = reinterpret_cast<const std::byte*>(r.payload.data()),
                 .id = r.id,
                 .cause = r.cause,
                 .correlation = r.correlation,
                 .service = r.service,
                 .key = r.key});
    }
  }
  [[nodiscard]] std::vector<violation> check(invariant& checked, bool quiescent = true) const {
    for_each([&](const fact& event) { checked.observe(event); });
    return checked.finish(quiescent);
  }
  template <class Invariant>
  [[nodiscard]] std::vector<violation> check(bool quiescent = true) const {
    Invariant checked;
    return check(checked, quiescent);
  }

  [[nodiscard]] static const choreography_info& choreography() {
    static const choreography_info shop = shop::choreography();
    return shop;
  }

  static constexpr std::uint64_t line_pence = 100;

private:
  struct record {
    const event_info* type = nullptr;
    std::vector<std::uint64_t> payload;
    event_id id;
    event_id cause;
    correlation_id correlation{};
    std::string service;
    std::string key;
  };

  template <event Event>
  event_id store(const event_id& cause) {
    const auto payload = outbox_.event(0).payload;
    auto& r = records_.emplace_back();
    for (const auto& type : choreography().events) {
      r.type = type.id == event_traits<Event>::id ? &type : r.type;
    }
    r.payload.resize((payload.size() + 7) / 8);
    std::memcpy(r.payload.data(), payload.data(), payload.size());
    r.service = r.type->name.substr(5, r.type->name.rfind('.') - 5); // "inventory" of "shop.inventory.StockReserved"
    r.key = event_traits<Event>::key(*flatbuffers::GetRoot<Event>(payload.data()));
    r.id = {core::journal_id_of(r.service + "/0"), frame_sequence{++sequences_[r.service]}, 0};
    r.cause = cause;
    r.correlation = core::correlation_of(r.key);
    for (const auto& other : records_) {
      r.correlation = exists(cause) && other.id == cause ? other.correlation : r.correlation;
    }
    return r.id;
  }

  outbox outbox_;
  std::deque<record> records_;
  std::map<std::string, std::uint64_t> sequences_;
};

} // namespace reel::test
