#include "core/fingerprint.hpp"

#include "sketch.hpp"

#include <reel/event.hpp>

#include <doctest/doctest.h>
#include <sample/audit_events.hpp>
#include <sample/bank_events.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

using namespace reel;
using namespace reel::core;

namespace {

choreography_info shop() {
  static sketch drawing(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded.~Charged undoing Charged
  )");
  auto info = drawing.info();
  for (auto& e : info.events) {
    e.layout = "order:string required entity\nlines:[s.Line]\nreason:s.Reason\nplace:s.Place\n"
               "table s.Line\nsku:string required\nquantity:uint\n"
               "enum s.Reason ubyte\nnone = 0\nstock = 1\n"
               "struct s.Place align 4\nx:int\ny:int\n";
  }
  return info;
}

event_info& event_of(choreography_info& info, std::string_view name) {
  return *std::find_if(info.events.begin(), info.events.end(), [&](const event_info& e) { return e.name == name; });
}

/// What an event's layout is after a change of its text; the text lives on.
std::string_view changed(const event_info& e, std::string_view from, std::string_view to) {
  static std::deque<std::string> kept;
  auto& text = kept.emplace_back(e.layout);
  text.replace(text.find(from), from.size(), to);
  return text;
}

/// This shop against one whose Charged has another layout.
agreement against(std::string_view from, std::string_view to) {
  auto other = shop();
  auto& charged = event_of(other, "Charged");
  charged.layout = changed(charged, from, to);
  return compare(fingerprint_of(shop()), fingerprint_of(other));
}

} // namespace

TEST_CASE("a layout says all that decides how an event's bytes are read") {
  CHECK(info<sample::bank::TransferRequested>().layout == "transfer:string required entity\nfrom:string required\n"
                                                          "to:string required\namount:ulong\n");
  CHECK(info<sample::bank::Counted>().layout ==
        "number:uint entity\ncurrency:sample.Currency\nratio:double\nvalues:[ulong]\nwords:[string]\nremark:string\n"
        "enum sample.Currency ubyte\neuro = 0\npound = 1\n");
  CHECK(info<sample::audit::DepositReversed>().layout ==
        "account:string required entity\nnotes:[sample.Note]\ntable sample.Note\ntext:string required\n");
  CHECK(info<sample::bank::MoneyWithdrawn>().version == 3);
}

TEST_CASE("a fingerprint is the same in every build") { // golden: other nodes hold these numbers
  choreography_info bank;
  bank.events = {info<sample::bank::Counted>(), info<sample::bank::MoneyWithdrawn>()};
  const auto print = fingerprint_of(bank);
  CHECK(hash_text(print.schemas) == "0d55b49370d88c5f");
  REQUIRE(print.events.size() == 2);
  CHECK(print.events[0].name == "sample.bank.Counted");
  CHECK(hash_text(print.events[0].hash) == "d964b13ae05bbec3");
  CHECK(hash_text(fingerprint_of(shop()).graph) == "e87655d13b633a35");
  CHECK(hash_text(0xabc) == "0000000000000abc");
}

TEST_CASE("the order in which a program names its parts does not show") {
  auto turned = shop();
  std::reverse(turned.events.begin(), turned.events.end());
  std::reverse(turned.services.begin(), turned.services.end());
  CHECK(to_text(fingerprint_of(turned)) == to_text(fingerprint_of(shop())));
}

TEST_CASE("the text of a fingerprint reads back, and only whole") {
  const auto text = to_text(fingerprint_of(shop()));
  const auto read = parse_fingerprint(text);
  REQUIRE(read);
  CHECK(to_text(*read) == text);
  CHECK(read->edges.size() == 10);
  CHECK(text.find("edge payment.Payment.refund: NotShipped undoes Charged -> all Refunded\n") != std::string::npos);

  const auto refusal_of = [](const std::string& bad) {
    const auto result = parse_fingerprint(bad);
    return result ? std::string("accepted") : result.error().what;
  };
  CHECK(refusal_of("") == "line 1: expected \"reel-fingerprint 1\"");
  CHECK(refusal_of("reel-fingerprint 2\n") == "line 1: expected \"reel-fingerprint 1\"");
  CHECK(refusal_of("reel-fingerprint 1\n  version 1\n") == "line 2: \"  version 1\" is no line of a fingerprint");
  CHECK(refusal_of("reel-fingerprint 1\nevent a.A\n  version 70000\n") ==
        "line 3: \"  version 70000\" is no line of a fingerprint");
  CHECK(refusal_of(text.substr(0, text.size() - 10)).starts_with("its hashes are not those"));
  for (std::size_t size = 0; size < text.size(); size += 7) {
    CHECK(refusal_of(text.substr(0, size)) != "accepted");
  }
}

TEST_CASE("the same program agrees with itself") {
  const auto same = compare(fingerprint_of(shop()), fingerprint_of(shop()));
  CHECK(same.compatible());
  CHECK(same.differences.empty());
}

TEST_CASE("what grows at the end is compatible, both ways") {
  const auto fields = against("place:s.Place\n", "place:s.Place\ngift:bool\n");
  CHECK(fields.compatible());
  REQUIRE(fields.differences.size() == 1);
  CHECK(fields.differences[0] == "event Charged: here nothing, there \"gift:bool\"");
  CHECK(against("quantity:uint\n", "quantity:uint\nnote:string\n").compatible());
  CHECK(against("stock = 1\n", "stock = 1\nmoney = 2\n").compatible());
}

TEST_CASE("a change in what is there already reads neither way") {
  for (const auto& [from, to] : {std::pair("reason:s.Reason\n", ""),
                                 {"quantity:uint", "quantity:ulong"},
                                 {"reason:s.Reason", "reason:s.Reason = 1"},
                                 {"order:string", "id:string"},
                                 {"stock = 1", "money = 1"},
                                 {"enum s.Reason ubyte", "enum s.Reason ushort"},
                                 {"y:int\n", "y:int\nz:int\n"},
                                 {"table s.Line", "struct s.Line align 4"}}) {
    CAPTURE(from);
    const auto found = against(from, to);
    CHECK_FALSE(found.we_read);
    CHECK_FALSE(found.they_read);
    REQUIRE(found.differences.size() == 1);
    CHECK(found.differences[0].starts_with("event Charged: "));
    CHECK(found.differences[0].ends_with(": neither reads the other's"));
  }
}

TEST_CASE("a new required field can be read by those alone who do not know it") {
  const auto found = against("place:s.Place\n", "place:s.Place\nnote:string required\n");
  CHECK(found.we_read);
  CHECK_FALSE(found.they_read);
  CHECK(found.differences[0] ==
        "event Charged: here nothing, there \"note:string required\" (required): they cannot read ours");
}

TEST_CASE("a newer version reads an older one as far back as it has upcasters") {
  auto newer = shop();
  event_of(newer, "Charged").version = 3;
  auto print = fingerprint_of(newer);
  std::find_if(print.events.begin(), print.events.end(), [](const auto& e) { return e.name == "Charged"; })->oldest = 1;
  const auto found = compare(print, fingerprint_of(shop()));
  CHECK(found.we_read);
  CHECK_FALSE(found.they_read);
  CHECK(found.differences[0] == "event Charged: version 3 here, 1 there: they cannot read ours");
  const auto mirrored = compare(fingerprint_of(shop()), print);
  CHECK_FALSE(mirrored.we_read);
  CHECK(mirrored.they_read);
  CHECK_FALSE(compare(fingerprint_of(newer), fingerprint_of(shop())).we_read); // no upcaster
}

TEST_CASE("a new event breaks those who would pass it over, and nobody else") {
  sketch with_loyalty(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded.~Charged undoing Charged
    loyalty.Points credit: Charged -> all Credited.
  )");
  auto before = shop();
  for (auto& e : before.events) {
    e.layout = {};
  }
  const auto print = fingerprint_of(before);
  const auto new_service = compare(fingerprint_of(with_loyalty.info()), print);
  CHECK(new_service.compatible());
  CHECK(std::find(new_service.differences.begin(), new_service.differences.end(), "event Credited: only we know it") !=
        new_service.differences.end());

  sketch with_audit(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    shipping.Shipment ship: Charged -> one_of Shipped., NotShipped!
    payment.Payment refund: NotShipped -> all Refunded.~Charged undoing Charged
    shipping.Label print: Charged -> all Printed.
  )");
  const auto new_own_event = compare(fingerprint_of(with_audit.info()), print);
  CHECK(new_own_event.we_read);
  CHECK_FALSE(new_own_event.they_read);
  CHECK(new_own_event.differences[0] ==
        "event Printed: only we know it, and shipping publishes it: they cannot read ours");
}
