// What is let in and what is sent away, on a clock that the test turns.
#include <reel/admission.hpp>

#include <sample/bank_events.hpp>

#include <doctest/doctest.h>

using namespace reel;
using namespace sample::bank;
using std::chrono::operator""ms;

namespace {

struct door {
  /// One event of about this size.
  admission_answer offer(std::size_t bytes) {
    outbox out;
    out.add<TransferRequested>(std::string(bytes, 'x'), "ann", "bob", 1U);
    return intake.offer(out);
  }
  std::size_t take(std::size_t bytes_max) {
    outbox out;
    last = intake.fill(out, bytes_max);
    return out.size();
  }

  std::chrono::nanoseconds clock{1};
  admission intake{"door", [this] { return clock; }, {.bytes_max = 3'000, .retry_first = 10ms, .retry_last = 500ms}};
  feed::filled last;
};

} // namespace

TEST_CASE_FIXTURE(door, "events are let in until the limit, and then refused with a time to come again") {
  CHECK(offer(900).accepted);
  CHECK(offer(900).accepted);
  CHECK(offer(900).accepted);
  const auto refused = offer(900);
  CHECK_FALSE(refused.accepted);
  CHECK(refused.retry_after == 500ms); // nobody has taken anything yet
  CHECK(intake.now().accepted == 3);
  CHECK(intake.now().refused == 1);
  CHECK(intake.now().waiting_bytes <= 3'000);
}

TEST_CASE_FIXTURE(door, "memory does not grow however long the source takes nothing") {
  for (int i = 0; i < 10'000; ++i) {
    (void)offer(900);
  }
  CHECK(intake.now().waiting_bytes <= 3'000);
  CHECK(intake.now().refused == 9'997);
}

TEST_CASE_FIXTURE(door, "there is room again when the source has taken something, and the time told is its pace") {
  CHECK(offer(900).accepted);
  CHECK(take(1) == 1);
  clock += 100ms;
  CHECK(offer(900).accepted);
  CHECK(take(1) == 1); // 10 a second
  CHECK(offer(900).accepted);
  CHECK(offer(900).accepted);
  CHECK(offer(900).accepted);
  const auto refused = offer(900);
  CHECK_FALSE(refused.accepted);
  CHECK(refused.retry_after >= 250ms);
  CHECK(refused.retry_after <= 350ms);
  CHECK(take(10'000) == 3);
  CHECK(last.offset == 5);
  CHECK(offer(900).accepted);
}

TEST_CASE_FIXTURE(door, "one that is larger than the limit is let in alone") {
  CHECK(offer(9'000).accepted);
  CHECK_FALSE(offer(1).accepted);
  CHECK(take(1) == 1);
  CHECK(offer(1).accepted);
}

TEST_CASE_FIXTURE(door, "a closed door lets in what waits and is complete then; offsets go on from earlier lives") {
  CHECK(intake.skip(40));
  CHECK(offer(10).accepted);
  intake.close();
  CHECK_FALSE(offer(10).accepted);
  CHECK(take(10'000) == 1);
  CHECK(last.offset == 41);
  CHECK(last.complete);
}
