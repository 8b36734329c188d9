// A journal whose history on the broker is not the one that was seen is halted and says why.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "nats_log_under_test.hpp"
#include "raw_stream.hpp"
#include "transport/nats/journal.hpp"
#include "transport/nats/stream.hpp"

#include <fstream>

namespace reel::conformance {

namespace {

using transport::append_outcome;

/// One broker, one log, one journal with some frames.
struct fixture {
  explicit fixture(transport::nats_options options = {}) : t(broker, std::move(options)) {
    for (int i = 0; i < 20; ++i) {
      REQUIRE(append_and_wait(t, source.next()).outcome == append_outcome::committed);
    }
  }
  [[nodiscard]] transport::nats_log& log() {
    return t.nats();
  }
  [[nodiscard]] std::string stream() const {
    return transport::names_of(t.prefix(), "orders", 0).stream;
  }
  [[nodiscard]] std::string subject() const {
    return transport::names_of(t.prefix(), "orders", 0).subject;
  }
  /// The journal's next read fails with this code, and so does every later append.
  void check_halted(core::errc code, const std::string& words) {
    t.wait_until([this] { return log().counters().halted > 0; });
    const auto found = read(t, source.journal(), following(source.tail().sequence));
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == code);
    CHECK_MESSAGE(found.error().what.find(words) != std::string::npos, found.error().what);
    CHECK(append_and_wait(t, source.next()).outcome == append_outcome::conflict);
  }

  testing_nats::broker broker;
  nats_log_under_test t;
  frame_source source = open_journal(t, genesis_of("orders"));
};

} // namespace

TEST_CASE("a stream keeps frames as they are, under their hash, and cannot be cut") {
  fixture f;
  const testing_nats::raw_client raw(f.broker.urls());
  const auto info = raw.info(f.stream());
  CHECK(info->State.LastSeq == 21);
  CHECK(info->Config->DenyDelete);
  CHECK(info->Config->DenyPurge);
  CHECK_FALSE(info->Config->AllowDirect);
  CHECK(info->Config->Discard == js_DiscardNew);
  CHECK(raw.header(f.stream(), 21, "Nats-Expected-Last-Sequence") == "20");
  CHECK(raw.header(f.stream(), 21, "Nats-Msg-Id") == transport::message_id_of(f.source.tail().hash));
  CHECK(raw.header(f.stream(), 21, "Nats-Expected-Last-Subject-Sequence").empty());
  CHECK(js_PurgeStream(raw.jetstream(), f.stream().c_str(), nullptr, nullptr) != NATS_OK);
  CHECK(js_DeleteMsg(raw.jetstream(), f.stream().c_str(), 3, nullptr, nullptr) != NATS_OK);
}

TEST_CASE("a foreign message halts the journal") {
  fixture f;
  const testing_nats::raw_client raw(f.broker.urls());
  const std::string words = "not a frame at all";
  SUBCASE("when it is followed") {
    const auto handle = f.log().watch(f.source.journal(), [](journal_id, frame_sequence) {});
    raw.publish(f.subject(), std::as_bytes(std::span(words)));
    f.check_halted(core::errc::corrupt, "message 22");
  }
  SUBCASE("when an append meets it") {
    raw.publish(f.subject(), std::as_bytes(std::span(words)));
    CHECK(append_and_wait(f.t, f.source.next()).outcome == append_outcome::conflict);
    CHECK_FALSE(read(f.t, f.source.journal(), 21_frame).has_value());
    f.check_halted(core::errc::corrupt, "message 22");
  }
}

TEST_CASE("a frame of another history halts the journal") {
  fixture f;
  const testing_nats::raw_client raw(f.broker.urls());
  auto forged = f.source.tail();
  forged.hash[1] ^= 1;
  frame_source forger(genesis_of("orders"), forged);
  const auto handle = f.log().watch(f.source.journal(), [](journal_id, frame_sequence) {});
  raw.publish(f.subject(), forger.next().stored->view());
  f.check_halted(core::errc::chain_broken, "another history");
}

TEST_CASE("a watcher of a halted journal is woken, so that its read tells it") {
  fixture f;
  const testing_nats::raw_client raw(f.broker.urls());
  frame_sequence heard{};
  const auto handle =
      f.log().watch(f.source.journal(), [&](journal_id, frame_sequence last) { f.t.note([&] { heard = last; }); });
  const std::string words = "noise";
  raw.publish(f.subject(), std::as_bytes(std::span(words)));
  f.t.wait_until([&] { return heard == 22_frame; });
  CHECK_FALSE(read(f.t, f.source.journal(), 22_frame).has_value());
}

TEST_CASE("a stream that was made anew is noticed") {
  fixture f;
  const testing_nats::raw_client raw(f.broker.urls());
  raw.remove(f.stream());
  const auto answer = append_and_wait(f.t, f.source.next());
  CHECK(answer.outcome == append_outcome::unknown); // nobody takes it
  const auto found = read(f.t, f.source.journal(), 22_frame);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == core::errc::regressed);
  CHECK(found.error().what.find("now has 0") != std::string::npos);
}

// The broker's folder as it was some frames ago: what a restored backup is, and a power cut that takes the tail.
TEST_CASE("an older copy of the broker's folder is noticed, by an owner that does nothing too") {
  fixture f;
  f.broker.kill();
  const auto backup = f.broker.store(0).parent_path() / "backup";
  std::filesystem::copy(f.broker.store(0), backup, std::filesystem::copy_options::recursive);
  f.broker.start();
  f.broker.wait_ready();
  f.t.wait_until([&] { return f.log().connected(); });
  (void)read(f.t, f.source.journal(), 21_frame);
  while (append_and_wait(f.t, f.source.next()).outcome != append_outcome::committed) {
    f.source = frame_source(genesis_of("orders"), *f.log().last(f.source.journal()));
  }
  const auto handle = f.log().watch(f.source.journal(), [](journal_id, frame_sequence) {});
  f.broker.kill();
  std::filesystem::remove_all(f.broker.store(0));
  std::filesystem::copy(backup, f.broker.store(0), std::filesystem::copy_options::recursive);
  f.broker.start();
  f.check_halted(core::errc::regressed, "ended at frame 22 and now has 21");
}

// The journal was lost and has grown again to the same length: the broker compares numbers alone and takes the frame of
// an owner that knows nothing of it.
TEST_CASE("a frame that was stored on a history that its owner never saw is noticed by whoever reads it") {
  fixture f;
  const testing_nats::raw_client raw(f.broker.urls());
  raw.remove(f.stream());
  nats_log_under_test other(f.broker, {}, f.t.prefix());
  auto genesis = genesis_of("orders");
  genesis.incarnation = 4711;
  auto regrown = open_journal(other, genesis);
  for (int i = 0; i < 20; ++i) {
    REQUIRE(append_and_wait(other, regrown.next()).outcome == append_outcome::committed);
  }
  const auto handle = other.log().watch(regrown.journal(), [](journal_id, frame_sequence) {});
  CHECK(append_and_wait(f.t, f.source.next()).outcome == append_outcome::committed);
  other.wait_until([&] { return other.nats().counters().halted > 0; });
  const auto found = read(other, regrown.journal(), 22_frame);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == core::errc::chain_broken);
}

} // namespace reel::conformance
