#include "actors/orders/orders_view.hpp"

#include <reel/event.hpp>
#include <shop/intake_events.hpp>
#include <shop/orders_events.hpp>

#include <array>
#include <chrono>

namespace shop::orders {

namespace {

enum place : std::size_t { order_id, customer, state, reason, lines, amount, created_at, ended_at };

constexpr std::array<reel::column, 8> all_columns{{
    {"order_id", "text"},
    {"customer", "text"},
    {"state", "text"},  // open, completed, cancelled
    {"reason", "text"}, // of a cancelled one
    {"lines", "integer"},
    {"amount", "integer"},     // pence
    {"created_at", "integer"}, // milliseconds since 1970
    {"ended_at", "integer"},   // milliseconds since 1970
}};

std::int64_t milliseconds(reel::timestamp time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

} // namespace

std::span<const reel::column> orders_view::columns() const {
  return all_columns;
}

std::vector<reel::event_type_id> orders_view::inputs() const {
  return {reel::event_traits<intake::OrderCreated>::id, reel::event_traits<OrderCompleted>::id,
          reel::event_traits<OrderCancelled>::id};
}

std::string_view orders_view::key(const reel::fact& event) const {
  return event.key;
}

void orders_view::apply(const reel::fact& event, row& order) const {
  if (const auto* created = event.as<intake::OrderCreated>()) {
    std::uint64_t total = 0;
    for (const auto* line : *created->lines()) {
      total += line->amount();
    }
    order[customer] = created->customer()->str();
    order[state] = std::string("open");
    order[lines] = static_cast<std::int64_t>(created->lines()->size());
    order[amount] = static_cast<std::int64_t>(total);
    order[created_at] = milliseconds(event.time);
  } else if (event.as<OrderCompleted>() != nullptr) {
    order[state] = std::string("completed");
    order[ended_at] = milliseconds(event.time);
  } else if (const auto* cancelled = event.as<OrderCancelled>()) {
    order[state] = std::string("cancelled");
    order[reason] = std::string(EnumNameReason(cancelled->reason()));
    order[ended_at] = milliseconds(event.time);
  }
}

} // namespace shop::orders
