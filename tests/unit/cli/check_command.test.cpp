#include "cli/check_command.hpp"

#include "../core/sketch.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace reel;

namespace {

core::sketch forgotten() {
  return core::sketch(R"(
    source intake publishes Placed
    payment.Payment charge: Placed -> one_of Charged, Declined.!
    packing.Parcel pack: Charged -> one_of Packed, NotPacked!
    shipping.Shipment ship: Packed -> one_of Shipped., NotShipped!
    payment.Payment refund: NotPacked -> all Refunded.~Charged undoing Charged
    orders.Order cancel: NotShipped -> all Cancelled.
  )");
}

} // namespace

TEST_CASE("a finding names step, failure, the shortest path and what to do") {
  const auto checked = cli::check_choreography(forgotten().info());
  CHECK_FALSE(checked.sound);
  CHECK(checked.text ==
        "error: Charged after NotShipped: Charged has been done when NotShipped happens, but Refunded need not follow: "
        "the flow can end with Cancelled [undo-missing]\n"
        "  path: intake: Placed\n"
        "        payment.Payment.charge: Charged\n"
        "        packing.Parcel.pack: Packed\n"
        "        shipping.Shipment.ship: NotShipped\n"
        "        orders.Order.cancel: Cancelled\n"
        "  do: add undo<Charged, &Payment::...> to the flow of payment.Payment, with a reaction to NotShipped or to an "
        "event that always follows it\n"
        "sketch: 4 services, 9 event types: not sound (1 error, 0 warnings, 0 accepted)\n");
}

TEST_CASE("programs read the same as JSON") {
  const auto checked = nlohmann::json::parse(cli::check_choreography(forgotten().info()).json);
  CHECK(checked["choreography"] == "sketch");
  CHECK(checked["sound"] == false);
  CHECK(checked["errors"] == 1);
  CHECK(checked["services"] == 4);
  const auto& finding = checked["findings"][0];
  CHECK(finding["severity"] == "error");
  CHECK(finding["code"] == "undo-missing");
  CHECK(finding["service"] == "payment");
  CHECK(finding["actor"] == "Payment");
  CHECK(finding["step"] == "Charged");
  CHECK(finding["failure"] == "NotShipped");
  CHECK(finding["path"].size() == 5);
  CHECK_FALSE(finding.contains("accepted"));
}

TEST_CASE("what is accepted is shown with its reason, and no error any more") {
  auto s = forgotten();
  s.info().accepted = {{"undo-missing", "Charged after NotShipped", "lost parcels are paid"}};
  const auto checked = cli::check_choreography(s.info());
  CHECK(checked.sound);
  CHECK(checked.text.starts_with("accepted: Charged after NotShipped: "));
  CHECK(checked.text.find("  because: lost parcels are paid\n") != std::string::npos);
  CHECK(checked.text.ends_with("sound (0 errors, 0 warnings, 1 accepted)\n"));
  CHECK(nlohmann::json::parse(checked.json)["findings"][0]["accepted"] == "lost parcels are paid");
  CHECK(cli::refusal(s.info()).empty());
}

TEST_CASE("what does not run says why, and how to run it anyway") {
  const auto said = cli::refusal(forgotten().info());
  CHECK(said.starts_with("error: Charged after NotShipped: "));
  CHECK(said.find("--allow-unsound") != std::string::npos);
}

TEST_CASE("the hashes of schemas, graph and events stand beside the findings") {
  auto drawing = forgotten();
  const auto before = nlohmann::json::parse(cli::check_choreography(drawing.info()).json)["fingerprint"];
  CHECK(before["events"].size() == 9);
  drawing.event("Charged").version = 2;
  const auto after = nlohmann::json::parse(cli::check_choreography(drawing.info()).json)["fingerprint"];
  CHECK(after["schemas"] != before["schemas"]);
  CHECK(after["graph"] == before["graph"]);
  CHECK(after["events"]["Charged"] != before["events"]["Charged"]);
  CHECK(after["events"]["Packed"] == before["events"]["Packed"]);
}
