// Choreographies that the check must let pass: each shows one way of doing it right.
#include "zoo.hpp"

#include <doctest/doctest.h>

using namespace reel::core;

TEST_CASE("right: each failure undoes what was done before it, last step first") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined!
    shipping.Shipment ship: Charged -> one_of Shipped, NotShipped!
    payment.Payment refund: NotShipped -> all Refunded~Charged undoing Charged
    orders.Order complete: Shipped -> all Completed.
    orders.Order cancel: Refunded -> all Cancelled.
    orders.Order refuse: Declined -> all Refused.
  )") == "");
}

TEST_CASE("right: a gather that decides by all answers, in any order") {
  CHECK(found_in(R"(
    source intake publishes Placed
    stock.Stock reserve: each Placed -> one_of Reserved, Short!
    stock.Stock give_back: each NotReserved -> all Released~Reserved undoing Reserved
    orders.Lines gather: Reserved -> one_of Noted?, AllReserved, NotReserved!
    orders.Lines gather_short: Short -> one_of NotedShort?, NotReserved!, NoneReserved!
    orders.Lines gather_back: Released -> one_of NotedBack?, AllBack
    orders.Order complete: AllReserved -> all Completed.
    orders.Order cancel: AllBack -> all Cancelled.
    orders.Order refuse: NoneReserved -> all Refused.
  )") == "");
}

TEST_CASE("right: two steps side by side, each undone when the other fails") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined!
    stock.Stock reserve: Placed -> one_of Reserved, Short!
    orders.Order paid: Charged -> one_of Noted?, Ready, PaidForNothing!
    orders.Order unpaid: Declined -> one_of Noted?, ReservedForNothing!, Refused.
    orders.Order reserved: Reserved -> one_of Noted?, Ready, ReservedForNothing!
    orders.Order short: Short -> one_of Noted?, PaidForNothing!, Refused.
    orders.Order complete: Ready -> all Completed.
    payment.Payment refund: PaidForNothing -> all Refunded.~Charged undoing Charged
    stock.Stock release: ReservedForNothing -> all Released.~Reserved undoing Reserved
  )") == "");
}

TEST_CASE("right: a cancellation at any time leaves a tombstone where there is nothing to undo yet") {
  CHECK(found_in(R"(
    source intake publishes Placed, CancelAsked!
    payment.Payment charge: Placed -> one_of Charged, Forbidden?
    payment.Payment refund: CancelAsked -> one_of Refunded.~Charged, Barred? undoing Charged
    orders.Order complete: Charged -> all Completed.
    orders.Order cancel: CancelAsked -> maybe Cancelled.
  )") == "");
}

TEST_CASE("right: a step that may not have happened is undone by maybe") {
  CHECK(found_in(R"(
    source intake publishes Placed
    wrapping.Gift ask: Placed -> one_of Wanted, Unwanted
    wrapping.Gift wrap: Wanted -> all Wrapped
    orders.Order wrapped: Wrapped -> all Ready
    orders.Order plain: Unwanted -> all Ready
    shipping.Shipment ship: Ready -> one_of Shipped., NotShipped!
    wrapping.Gift unwrap: NotShipped -> maybe Unwrapped.~Wrapped undoing Wrapped
    orders.Order cancel: NotShipped -> all Cancelled.
  )") == "");
}

TEST_CASE("right: a deadline that the entity keeps ends the waiting") {
  CHECK(found_in(R"(
    source intake publishes Placed
    source bank publishes Answered
    payment.Payment ask: Placed -> all Asked
    payment.Payment take: Answered -> one_of Charged, TooLate?
    payment.Payment deadline TimedOut! after Asked unless Charged
    orders.Order note: Asked -> all Noted?
    orders.Order complete: Charged -> all Completed.
    orders.Order cancel: TimedOut -> all Cancelled.
  )") == "");
}

TEST_CASE("right: a gather whose second answer may not come has a deadline") {
  CHECK(found_in(R"(
    source intake publishes Placed
    source driver publishes Delivered
    payment.Payment charge: Placed -> all Charged
    orders.Order paid: Charged -> one_of Noted?, Completed.
    orders.Order arrived: Delivered -> one_of Noted?, Completed.
    orders.Order deadline Expired. after Charged unless Completed
  )") == "");
}

TEST_CASE("right: a trip of three bookings, undone in reverse") {
  CHECK(found_in(R"(
    source desk publishes TripAsked
    flights.Flight book: TripAsked -> one_of FlightBooked, FlightFull!
    hotels.Hotel book: FlightBooked -> one_of HotelBooked, HotelFull!
    cars.Car book: HotelBooked -> one_of CarBooked, NoCar!
    trips.Trip confirm: CarBooked -> all TripConfirmed.
    hotels.Hotel cancel: NoCar -> all HotelCancelled~HotelBooked undoing HotelBooked
    flights.Flight cancel_late: HotelCancelled -> all FlightCancelled~FlightBooked undoing FlightBooked
    flights.Flight cancel: HotelFull -> all FlightCancelled~FlightBooked undoing FlightBooked
    trips.Trip give_up: FlightCancelled -> all TripRefused.
    trips.Trip refuse: FlightFull -> all TripRefused.
  )") == "");
}

TEST_CASE("right: a transfer between two accounts") {
  CHECK(found_in(R"(
    source branch publishes TransferAsked
    bank.Account withdraw: TransferAsked -> one_of Withdrawn, Refused.
    bank.Account deposit: Withdrawn -> one_of Deposited., DepositRefused!
    bank.Account give_back: DepositRefused -> all Returned.~Withdrawn undoing Withdrawn
  )") == "");
}

TEST_CASE("right: notes and side branches need no end of their own") {
  CHECK(found_in(R"(
    source intake publishes Placed, GoodsReceived
    stock.Stock receive: each GoodsReceived -> all Added?
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    mail.Letter thank: Charged -> maybe ThankYouSent.
    audit.Book write: Charged -> all Written?
    orders.Order complete: Charged -> all Completed.
  )") == "");
}

TEST_CASE("right: a retry that is counted, accepted with its reason") {
  sketch s(R"(
    source intake publishes Placed
    shipping.Shipment ship: Placed -> all ShippingAsked
    shipping.Shipment try: ShippingAsked -> one_of Shipped., CarrierBusy
    shipping.Shipment again: CarrierBusy -> one_of ShippingAsked, GivenUp.
  )");
  s.info().accepted.push_back({"cycle-unbounded", "ShippingAsked", "the shipment counts its tries, three at most"});
  CHECK(found_in(s.info()) == "cycle-unbounded ShippingAsked (accepted)");
  CHECK(is_sound(check(s.info())));
}

TEST_CASE("right: a compensation that fails is retried until it works") {
  CHECK(found_in(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> one_of Refunded.~Charged, RefundDelayed! undoing Charged
    payment.Payment pay_by_cheque: RefundDelayed -> all Refunded.~Charged undoing Charged
  )") == "");
}
