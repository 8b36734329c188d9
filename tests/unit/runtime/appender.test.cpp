// What an owner concludes from the outcomes of its appends: the table of outcomes, row by row.
#include "runtime/appender.hpp"
#include "core/hash.hpp"
#include "scripted_log.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace reel;
using namespace reel::runtime;
using transport::append_outcome;
using verdict = appender::verdict;

namespace {

constexpr journal_id journal{7};

/// An owner whose journal holds `committed` frames; the next ones are sealed and sent, and the test answers.
struct owner {
  explicit owner(std::size_t committed = 1, std::string name = "me") : name_(std::move(name)) {
    for (std::size_t i = 0; i < committed; ++i) {
      stored.push_back(seal().decoded);
    }
    appending =
        std::make_unique<appender>(log, journal, hash_, [this](std::uint64_t ticket, transport::append_result result) {
          last_verdict = appending->on_answer(ticket, result);
        });
  }
  core::sealed_frame seal() {
    builder_.set_owned(name_);
    auto sealed = builder_.seal(journal, frame_sequence{++sequence_}, 1, hash_, timestamp(std::chrono::nanoseconds(1)));
    hash_ = sealed.decoded->hash();
    return sealed;
  }
  core::sealed_frame append() {
    auto sealed = seal();
    appending->append(sealed);
    return sealed;
  }
  verdict answer(append_outcome outcome, std::size_t which = 0) {
    const auto asked = log.appends.at(which);
    log.appends.erase(log.appends.begin() + static_cast<std::ptrdiff_t>(which));
    asked.done({outcome, {}, "says the log"});
    return last_verdict;
  }
  /// What is in the journal from read_from() on.
  [[nodiscard]] transport::frames found() const {
    const auto from = static_cast<std::size_t>(appending->read_from()) - 1;
    return {stored.begin() + static_cast<std::ptrdiff_t>(std::min(from, stored.size())), stored.end()};
  }

  test::scripted_log log;
  transport::frames stored;
  std::unique_ptr<appender> appending;
  verdict last_verdict = verdict::none;

private:
  std::string name_;
  core::frame_builder builder_;
  std::uint64_t sequence_ = 0;
  core::frame_hash hash_{};
};

} // namespace

TEST_CASE("a committed append is committed, in order") {
  owner me;
  me.append();
  me.append();
  CHECK(me.appending->in_flight() == 2);
  CHECK(me.log.appends[0].expected_last == frame_sequence{1});
  CHECK(me.log.appends[1].expected_last == frame_sequence{2});
  CHECK(me.answer(append_outcome::committed) == verdict::none);
  CHECK(me.appending->take_committed() == 1);
  CHECK(me.answer(append_outcome::committed) == verdict::none);
  CHECK(me.appending->take_committed() == 1);
  CHECK(me.appending->take_committed() == 0);
  CHECK(me.appending->in_flight() == 0);
}

TEST_CASE("answers that overtake each other commit the prefix only") {
  owner me;
  me.append();
  me.append();
  CHECK(me.answer(append_outcome::committed, 1) == verdict::none);
  CHECK(me.appending->take_committed() == 0);
  CHECK(me.answer(append_outcome::committed) == verdict::none);
  CHECK(me.appending->take_committed() == 2);
}

TEST_CASE("nothing is concluded from a doubtful answer while others are outstanding") {
  owner me;
  me.append();
  me.append();
  CHECK(me.answer(append_outcome::unknown) == verdict::none);
  CHECK(me.answer(append_outcome::conflict) == verdict::read_back);
  CHECK(me.appending->read_from() == frame_sequence{1});
}

TEST_CASE("an unknown append that is in the journal was committed") {
  owner me;
  const auto sealed = me.append();
  CHECK(me.answer(append_outcome::unknown) == verdict::read_back);
  me.stored.push_back(sealed.decoded);
  CHECK(me.appending->settle(me.found()) == verdict::none);
  CHECK(me.appending->take_committed() == 1);
  CHECK_FALSE(me.appending->needs_resend());
}

TEST_CASE("an append that is not in the journal is sent again, with the same bytes") {
  for (const auto outcome : {append_outcome::unknown, append_outcome::unavailable, append_outcome::conflict}) {
    owner me;
    const auto first = me.append();
    const auto second = me.append();
    (void)me.answer(outcome);
    CHECK(me.answer(outcome) == verdict::read_back);
    CHECK(me.appending->settle(me.found()) == verdict::none);
    CHECK(me.appending->needs_resend());
    CHECK(me.appending->detail() == "says the log");
    const auto third = me.append(); // waits its turn
    CHECK(me.log.appends.empty());
    me.appending->resend();
    REQUIRE(me.log.appends.size() == 3);
    CHECK(me.log.appends[0].frame.stored == first.stored);
    CHECK(me.log.appends[1].frame.stored == second.stored);
    CHECK(me.log.appends[2].frame.stored == third.stored);
    for (int i = 0; i < 3; ++i) {
      CHECK(me.answer(append_outcome::committed) == verdict::none);
    }
    CHECK(me.appending->take_committed() == 3);
  }
}

TEST_CASE("half of what was sent may be there") {
  owner me;
  const auto first = me.append();
  me.append();
  (void)me.answer(append_outcome::unknown);
  CHECK(me.answer(append_outcome::unknown) == verdict::read_back);
  me.stored.push_back(first.decoded);
  CHECK(me.appending->settle(me.found()) == verdict::none);
  CHECK(me.appending->take_committed() == 1);
  CHECK(me.appending->needs_resend());
  CHECK(me.appending->in_flight() == 1);
}

TEST_CASE("another owner's frame in our place fences us") {
  owner me;
  me.append();
  CHECK(me.answer(append_outcome::conflict) == verdict::read_back);
  owner other(1, "me");
  other.stored = me.stored;
  owner rival(2, "rival");
  me.stored.push_back(rival.stored[1]);
  CHECK(me.appending->settle(me.found()) == verdict::fenced);
}

TEST_CASE("a journal that lost what we had seen committed has regressed") {
  owner me(3);
  me.append();
  CHECK(me.answer(append_outcome::conflict) == verdict::read_back);
  SUBCASE("the tail is gone") {
    me.stored.resize(2);
  }
  SUBCASE("the tail is another's") {
    owner rival(3, "rival");
    me.stored[2] = rival.stored[2];
  }
  CHECK(me.appending->settle(me.found()) == verdict::regressed);
}

TEST_CASE("the first frame of a journal has no frame before it") {
  owner me(0);
  const auto sealed = me.append();
  CHECK(me.answer(append_outcome::unknown) == verdict::read_back);
  CHECK(me.appending->read_from() == frame_sequence{1});
  SUBCASE("it is ours") {
    me.stored.push_back(sealed.decoded);
    CHECK(me.appending->settle(me.found()) == verdict::none);
    CHECK(me.appending->take_committed() == 1);
  }
  SUBCASE("it is not there") {
    CHECK(me.appending->settle(me.found()) == verdict::none);
    CHECK(me.appending->needs_resend());
  }
  SUBCASE("it is another's") {
    me.stored.push_back(owner(1, "rival").stored[0]);
    CHECK(me.appending->settle(me.found()) == verdict::fenced);
  }
}

TEST_CASE("a late answer about a settled frame changes nothing") {
  owner me;
  const auto sealed = me.append();
  const auto late = me.log.appends.front();
  CHECK(me.answer(append_outcome::unknown) == verdict::read_back);
  me.stored.push_back(sealed.decoded);
  CHECK(me.appending->settle(me.found()) == verdict::none);
  CHECK(me.appending->take_committed() == 1);
  late.done({append_outcome::conflict, {}, ""});
  CHECK(me.last_verdict == verdict::none);
  CHECK(me.appending->in_flight() == 0);
}
