// Choreographies that the check must refuse, each with the findings that it must cause and no other.
#include "zoo.hpp"

#include <doctest/doctest.h>

using namespace reel::core;

// -- undos ------------------------------------------------------------------------------------------------------------

TEST_CASE("wrong: the compensation is there, but no undo") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped.!
    payment.Payment give: NotShipped -> all Refunded.~Charged
  )") == "compensation-without-undo Refunded\ncompensation-by-reaction payment.Payment.give");
}

TEST_CASE("wrong: the undo was forgotten for one of two failures") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    packing.Parcel pack: Charged -> one_of Packed, NotPacked!
    shipping.Shipment ship: Packed -> one_of Shipped., NotShipped!
    payment.Payment refund: NotPacked -> all Refunded.~Charged undoing Charged
    orders.Order cancel: NotShipped -> all Cancelled.
  )") == "undo-missing Charged after NotShipped");
}

TEST_CASE("wrong: the undo waits for an event that need not follow the failure") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    orders.Order judge: NotShipped -> one_of Cancelled, Kept.
    payment.Payment refund: Cancelled -> all Refunded.~Charged undoing Charged
  )") == "undo-missing Charged after NotShipped");
}

TEST_CASE("wrong: one step fails while another runs beside it, and nobody undoes that one") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged
    stock.Stock reserve: Placed -> one_of Reserved, Short!
    orders.Order paid: Charged -> one_of NotedPaid?, Ready
    orders.Order reserved: Reserved -> one_of NotedReserved?, Ready
    orders.Order refuse: Short -> all Refused.
    shipping.Shipment ship: Ready -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded.~Charged undoing Charged
  )") == "undo-missing Charged after Short");
}

TEST_CASE("wrong: the undo may publish nothing, though there is always something to undo") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> maybe Refunded.~Charged undoing Charged
    orders.Order cancel: NotShipped -> all Cancelled.
  )") == "undo-may-not-happen payment.Payment.refund");
}

TEST_CASE("wrong: the undo may fail, and nobody tries again") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> one_of Refunded.~Charged, RefundFailed.! undoing Charged
  )") == "undo-may-fail payment.Payment.refund");
}

TEST_CASE("wrong: the refund may come before the charge") {
  CHECK(found_in(R"(
    source intake publishes Placed, CancelAsked!
    payment.Payment charge: Placed -> one_of Charged., Declined.!
    payment.Payment refund: CancelAsked -> all Refunded.~Charged undoing Charged
  )") == "undo-before-step payment.Payment.refund\n"
         "ends-twice payment.Payment.refund and charge");
}

TEST_CASE("wrong: the refund of what may have been free") {
  CHECK(found_in(R"(
    source intake publishes Placed
    prices.Price ask: Placed -> one_of Priced, Free
    payment.Payment charge: Priced -> all Charged
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    shipping.Shipment ship_free: Free -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded.~Charged undoing Charged
  )") == "undo-before-step payment.Payment.refund");
}

TEST_CASE("wrong: the undo may come first and leaves no tombstone") {
  CHECK(found_in(R"(
    source intake publishes Placed, CancelAsked!
    payment.Payment charge: Placed -> one_of Charged., Forbidden?
    payment.Payment refund: CancelAsked -> maybe Refunded.~Charged undoing Charged
    orders.Order cancel: CancelAsked -> all Cancelled.
  )") == "undo-without-tombstone payment.Payment.refund");
}

TEST_CASE("wrong: the undo leaves a tombstone, but the step cannot heed it") {
  CHECK(found_in(R"(
    source intake publishes Placed, CancelAsked!
    payment.Payment charge: Placed -> all Charged.
    payment.Payment refund: CancelAsked -> one_of Refunded.~Charged, Barred? undoing Charged
    orders.Order cancel: CancelAsked -> all Cancelled.
  )") == "undo-without-tombstone payment.Payment.refund");
}

TEST_CASE("wrong: the undo waits for the failure of its own step") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded.~Charged undoing Charged
    payment.Payment refund_declined: Declined -> all Refunded.~Charged undoing Charged
  )") == "undo-impossible payment.Payment.refund_declined");
}

TEST_CASE("wrong: two undos of one step run after one failure") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded~Charged undoing Charged
    orders.Order cancel: NotShipped -> all Cancelled.
    payment.Payment refund_cancelled: Cancelled -> all Refunded~Charged undoing Charged
    mail.Letter tell: Refunded -> all Told.
  )") == "undo-twice payment.Payment.refund_cancelled");
}

TEST_CASE("wrong: several shelves have reserved, and one of them gives back") {
  CHECK(found_in(R"(
    source intake publishes Placed
    stock.Stock reserve: each Placed -> all Reserved
    orders.Lines gather: Reserved -> one_of Noted?, AllReserved
    payment.Payment charge: AllReserved -> one_of Charged., Declined!
    stock.Stock release: Declined -> all Released.~Reserved undoing Reserved
  )") == "undo-misses-entities stock.Stock.release");
}

TEST_CASE("wrong: a line is reserved beside one that is short, and only what was reserved later is given back") {
  CHECK(found_in(R"(
    source intake publishes Placed
    stock.Stock reserve: each Placed -> one_of Reserved, Short!
    orders.Lines gather: Reserved -> one_of Noted?, AllReserved, NotReserved.!
    orders.Lines gather_short: Short -> one_of NotedShort?, NotReserved.!
    payment.Payment charge: AllReserved -> one_of Charged., Declined!
    stock.Stock release: each Declined -> all Released.~Reserved undoing Reserved
  )") == "undo-missing Reserved after NotReserved");
}

TEST_CASE("wrong: nothing can fail after the step, so its undo never runs") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged
    shipping.Shipment ship: Charged -> one_of Shipped., Lost
    payment.Payment refund: Lost -> all Refunded.~Charged undoing Charged
  )") == "compensation-unreachable Charged");
}

TEST_CASE("wrong: it times out here while the charge goes on there") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined!
    payment.Payment refund: NotShipped -> all Refunded~Charged undoing Charged
    shipping.Shipment ship: Charged -> one_of Shipped, NotShipped!
    orders.Order deadline Expired.! after Placed unless Shipped, Declined, Refunded
    orders.Order complete: Shipped -> maybe Completed.
    orders.Order refuse: Declined -> maybe Refused.
    orders.Order cancel: Refunded -> maybe Cancelled.
  )") == "undo-missing Charged after Expired");
}

// -- gathers, ends and cycles -----------------------------------------------------------------------------------------

TEST_CASE("wrong: a gather waits for an event that may not come") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined!
    packing.Parcel pack: Placed -> all Packed
    orders.Order paid: Charged -> one_of NotedPaid?, Completed.
    orders.Order packed: Packed -> one_of NotedPacked?, Completed.
    mail.Letter tell: Declined -> all Told?
  )") == "gather-may-wait orders.Order.paid for payment.Payment.charge");
}

TEST_CASE("wrong: a gather waits for an event that its publisher may leave out") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> maybe Charged
    packing.Parcel pack: Placed -> all Packed
    orders.Order paid: Charged -> one_of NotedPaid?, Completed.
    orders.Order packed: Packed -> one_of NotedPacked?, Completed.
  )") == "gather-may-wait orders.Order.paid for payment.Payment.charge");
}

TEST_CASE("wrong: a reaction waits though it gets one answer only") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged
    orders.Order paid: Charged -> one_of Noted?, Completed.
  )") == "path-may-stop Charged");
}

TEST_CASE("wrong: a step on the way may publish nothing") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged
    shipping.Shipment ship: Charged -> maybe Shipped.
  )") == "path-may-stop Charged");
}

TEST_CASE("wrong: nobody reacts to a failure") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged., Declined!
  )") == "event-unhandled Declined");
}

TEST_CASE("wrong: two actors keep each other going") {
  CHECK(found_in(R"(
    source intake publishes Placed
    games.Ball serve: Placed -> all Ping
    games.Left play: Ping -> all Pong
    games.Right play: Pong -> all Served
    games.Ball again: Served -> all Ping
  )") == "cycle-endless Ping");
}

TEST_CASE("wrong: a retry without bound is a warning") {
  const auto text = R"(
    source intake publishes Placed
    shipping.Shipment ship: Placed -> all Asked
    shipping.Shipment try: Asked -> one_of Shipped., Busy
    shipping.Shipment again: Busy -> all Asked
  )";
  CHECK(found_in(text) == "cycle-unbounded Asked");
  CHECK(is_sound(check(sketch(text).info())));
}

TEST_CASE("wrong: two reactions that no flow reaches feed each other") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged.
    mail.Letter remind: Overdue -> all Reminded
    dunning.Claim wait: Reminded -> all Overdue
  )") == "reaction-dead mail.Letter.remind\nreaction-dead dunning.Claim.wait");
}

TEST_CASE("wrong: an order may complete and be cancelled") {
  CHECK(found_in(R"(
    source intake publishes Placed, CancelAsked
    payment.Payment charge: Placed -> all Charged
    orders.Order complete: Charged -> all Completed.
    orders.Order cancel: CancelAsked -> all Cancelled.
  )") == "ends-twice orders.Order.cancel and complete");
}

// -- plain faults -----------------------------------------------------------------------------------------------------

TEST_CASE("wrong: somebody waits for a timer that nobody declared") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment ask: Placed -> all Charged.
    payment.Payment give_up: TimedOut -> maybe Refused.
  )") == "event-unpublished payment.Payment.give_up");
}

TEST_CASE("wrong: an orphan event") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged., Booked
  )") == "event-unhandled Booked");
}

TEST_CASE("wrong: a compensation of a step that nobody publishes") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged., Refunded.~Lent
  )") == "compensates-unknown Refunded\ncompensation-without-undo Refunded\ncompensation-by-reaction "
         "payment.Payment.charge");
}

TEST_CASE("wrong: two actors publish one event") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Booked.
    audit.Book write: Placed -> all Booked.
  )") == "event-published-twice Booked");
}

TEST_CASE("wrong: a reaction reads a field that may be absent") {
  sketch s(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged.
  )");
  s.event("Placed").optional_fields = {"customer", "lines.sku"};
  s.event("Charged").optional_fields = {"remark"}; // nobody reads it
  CHECK(found_in(s.info()) == "field-optional Placed.customer\nfield-optional Placed.lines.sku");
}

TEST_CASE("wrong: the chain of upcasts has a gap, or forks") {
  sketch s(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged.
  )");
  s.event("Charged").version = 4;
  s.event("Charged").upcasts = {{1, 2}, {3, 4}, {3, 4}};
  CHECK(found_in(s.info()) == "upcast-missing Charged version 2\nupcast-twice Charged version 3");
  s.event("Charged").upcasts = {{1, 4}, {2, 3}, {3, 4}}; // an upcast may skip versions
  CHECK(found_in(s.info()).empty());
}

TEST_CASE("wrong: names that are not unique, and events without a schema, are all that is said") {
  sketch twice(R"(
    source payment publishes Placed
    payment.Payment charge: Placed -> all Charged
  )");
  CHECK(found_in(twice.info()) == "duplicate-name payment\nevent-unhandled Charged");
  sketch unknown(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged.
  )");
  unknown.info().services[0].actors[0].reactions[0].input = reel::event_type_id{77};
  CHECK(found_in(unknown.info()) == "event-unknown payment.Payment.charge\nevent-unhandled Placed");
}

// -- acceptances ------------------------------------------------------------------------------------------------------

TEST_CASE("an acceptance that matches nothing or gives no reason is a finding itself") {
  sketch s(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> all Charged
    shipping.Shipment ship: Charged -> maybe Shipped.
  )");
  s.info().services[0].accepted = {{"path-may-stop", "Charged", " "}, {"path-may-stop", "Chraged", "a gift"}};
  CHECK(found_in(s.info()) == "path-may-stop Charged\nacceptance-without-reason Charged\nacceptance-unused Chraged");
  CHECK_FALSE(is_sound(check(s.info())));
  s.info().services[0].accepted = {{"path-may-stop", "Charged", "gifts are kept in the shop"}};
  CHECK(found_in(s.info()) == "path-may-stop Charged (accepted)");
  CHECK(is_sound(check(s.info())));
}

TEST_CASE("nobody can accept what makes the tables meaningless") {
  sketch s(R"(
    source payment publishes Placed
    payment.Payment charge: Placed -> all Charged.
  )");
  s.info().accepted = {{"duplicate-name", "payment", "we like the name"}};
  CHECK(found_in(s.info()) == "duplicate-name payment\nacceptance-unused payment");
}
