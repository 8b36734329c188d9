// What each answer of each server version to an append means.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "transport/nats/answer.hpp"
#include "transport/nats/consumer.hpp"
#include "transport/nats/stream.hpp"

#include <doctest/doctest.h>

#include <string>

namespace reel::transport {

namespace {

publish_answer refused(int code, int error_code, const std::string& words) {
  return read_answer(R"({"error":{"code":)" + std::to_string(code) + R"(,"err_code":)" + std::to_string(error_code) +
                         R"(,"description":")" + words + R"("},"stream":"REEL_ORDERS_0","seq":0})",
                     frame_sequence{7});
}

} // namespace

TEST_CASE("an acknowledgement at the expected sequence is a commit, new or repeated") {
  const auto fresh = read_answer(R"({"stream":"REEL_ORDERS_0", "seq":7})", frame_sequence{7});
  CHECK(fresh.result.outcome == append_outcome::committed);
  CHECK_FALSE(fresh.duplicate);
  CHECK_FALSE(fresh.misplaced);
  const auto repeated = read_answer(R"({"stream":"REEL_ORDERS_0","seq":7,"duplicate":true})", frame_sequence{7});
  CHECK(repeated.result.outcome == append_outcome::committed);
  CHECK(repeated.duplicate);
}

TEST_CASE("an acknowledgement at another sequence means that ids collide") {
  const auto answer = read_answer(R"({"stream":"REEL_ORDERS_0","seq":5,"duplicate":true})", frame_sequence{7});
  CHECK(answer.misplaced);
  CHECK(answer.result.outcome == append_outcome::conflict);
  CHECK(answer.result.detail == "the broker has frame 7 at sequence 5");
}

TEST_CASE("a wrong last sequence is a conflict, whichever version says it") {
  for (const int code : {10070, 10071, 10164}) {
    const auto answer = refused(400, code, "wrong last sequence: 9");
    CHECK(answer.result.outcome == append_outcome::conflict);
    CHECK(answer.result.detail == "wrong last sequence: 9 (" + std::to_string(code) + ")");
  }
}

TEST_CASE("a broker without room did not store the frame") {
  for (const int code : {10023, 10028, 10047, 10053, 10054, 10077, 10122}) {
    CHECK(refused(503, code, "no room").result.outcome == append_outcome::unavailable);
  }
}

TEST_CASE("what a server may say while it stores the frame leaves the outcome open") {
  CHECK(refused(409, 10158, "duplicate message id is in process").result.outcome == append_outcome::unknown);
  CHECK(refused(503, 10008, "JetStream system temporarily unavailable").result.outcome == append_outcome::unknown);
  CHECK(refused(500, 99999, "of a later version").result.outcome == append_outcome::unknown);
  CHECK(no_responders().result.outcome == append_outcome::unknown);
}

TEST_CASE("an unreadable answer leaves the outcome open") {
  for (const auto* text : {"", "{", "[]", "7", R"({"seq":"7"})", R"({"seq":-7})", R"({"stream":"A"})", R"({"error":7})",
                           R"({"error":{"err_code":"10071"}})", "\xff\xfe"}) {
    CHECK(read_answer(text, frame_sequence{7}).result.outcome == append_outcome::unknown);
  }
}

TEST_CASE("streams and subjects are named after the journal") {
  const auto orders = names_of("reel", "orders", 12);
  CHECK(orders.stream == "REEL_ORDERS_12");
  CHECK(orders.subject == "reel.orders.12");
  CHECK(names_of("reel", "lease.orders", 0).stream == "REEL_LEASE-ORDERS_0");
}

TEST_CASE("a delivery says where it stands, in the old form and in the new one") {
  REQUIRE(nats_Open(-1) == NATS_OK);
  const auto delivered = [](const char* reply) {
    natsMsg* made = nullptr;
    REQUIRE(natsMsg_Create(&made, "reel.orders.0", reply, "x", 1) == NATS_OK);
    const message_ptr message(made);
    return delivery_of(made);
  };
  const auto old_form = delivered("$JS.ACK.REEL_ORDERS_0.abc.1.41.7.1700000000000000000.3");
  CHECK(old_form.sequence == 41);
  CHECK(old_form.pending == 3);
  const auto new_form = delivered("$JS.ACK.hub.ACCOUNT.REEL_ORDERS_0.abc.1.42.8.1700000000000000000.4.token");
  CHECK(new_form.sequence == 42);
  CHECK(new_form.pending == 4);
  CHECK(delivered("_INBOX.abc").sequence == 0);
  CHECK(delivered("$JS.ACK.too.short").sequence == 0);
  CHECK(delivered(nullptr).sequence == 0);
}

} // namespace reel::transport
