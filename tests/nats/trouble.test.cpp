// Brokers that die, hang, fill up and drop connections under appends and readers: nothing acknowledged is lost, nothing
// is stored twice, and it goes on afterwards.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "raw_stream.hpp"
#include "sure_writer.hpp"
#include "transport/nats/stream.hpp"

#include <thread>

namespace reel::conformance {

namespace {

using transport::append_outcome;

/// A log on a broker, with a writer of one journal that somebody watches.
struct fixture {
  explicit fixture(testing_nats::broker_settings settings = {}, transport::nats_options options = {})
      : broker(std::move(settings)), t(broker, std::move(options)) {}

  [[nodiscard]] const transport::nats_counters& counters() {
    return t.nats().counters();
  }
  [[nodiscard]] std::string stream() const {
    return transport::names_of(t.prefix(), "orders", 0).stream;
  }
  /// The journal is exactly what the writer wrote, here and for a log that is opened anew.
  void check_journal() {
    CHECK(read_chain(t, writer.source().journal()).hash == writer.source().tail().hash);
    nats_log_under_test other(broker, {}, t.prefix());
    CHECK(open_journal(other, genesis_of("orders")).tail().hash == writer.source().tail().hash);
    CHECK(read_chain(other, writer.source().journal()).hash == writer.source().tail().hash);
    CHECK(counters().halted.load() == 0);
  }

  testing_nats::broker broker;
  nats_log_under_test t;
  sure_writer writer{t, open_journal(t, genesis_of("orders"))};
  frame_sequence heard{};
  std::shared_ptr<void> handle = t.log().watch(
      writer.source().journal(), [this](journal_id, frame_sequence last) { t.note([&] { heard = last; }); });
};

} // namespace

TEST_CASE("a server that is killed and started again has everything that it acknowledged") {
  fixture f;
  for (int kills = 0; kills < 5; ++kills) {
    std::thread killer([&] {
      f.broker.kill();
      f.broker.start();
    });
    for (int i = 0; i < 100; ++i) {
      f.writer.append();
    }
    killer.join();
    f.broker.wait_ready();
    f.writer.append();
  }
  f.t.wait_until([&] { return f.heard == f.writer.source().tail().sequence; });
  CHECK(f.counters().disconnects.load() >= 5);
  CHECK(f.counters().reconnects.load() >= 5);
  f.check_journal();
}

TEST_CASE("while no broker is there appends are refused and reads wait") {
  fixture f;
  f.writer.append();
  f.broker.kill();
  f.t.wait_until([&] { return !f.t.nats().connected(); });
  frame_source source(genesis_of("orders"), f.writer.source().tail());
  CHECK(append_and_wait(f.t, source.next()).outcome == append_outcome::unavailable);
  std::optional<core::expected<transport::frames>> answer;
  f.t.log().read(source.journal(), 2_frame, 1000,
                 [&](core::expected<transport::frames> found) { f.t.note([&] { answer = std::move(found); }); });
  f.broker.start();
  f.t.wait_until([&] { return answer.has_value(); });
  REQUIRE(answer->has_value());
  CHECK((*answer)->front()->sequence() == 2_frame);
  f.writer.append();
  f.check_journal();
}

TEST_CASE("a log can be closed while no broker is there") {
  fixture f;
  f.broker.kill();
  f.t.wait_until([&] { return !f.t.nats().connected(); });
  std::optional<core::expected<transport::frames>> answer;
  f.t.log().read(f.writer.source().journal(), 9_frame, 1000,
                 [&](core::expected<transport::frames> found) { answer = std::move(found); });
  f.broker.start();
  f.handle.reset();
  f.t.reopen();
  CHECK(answer.has_value());
}

TEST_CASE("the outcome of appends to a server that hangs is unknown until it answers, and then clear") {
  transport::nats_options options;
  options.append_timeout = std::chrono::milliseconds(200);
  fixture f({}, options);
  f.writer.append();
  f.broker.pause();
  std::thread later([&] {
    f.t.wait_until([&] { return f.counters().timeouts > 0; });
    f.broker.resume();
  });
  f.writer.append();
  later.join();
  CHECK(f.writer.settled() > 0);
  CHECK(f.counters().unknown.load() > 0);
  f.writer.append();
  f.check_journal();
}

TEST_CASE("a full stream refuses appends at once, keeps what it has, and goes on when it gets room") {
  transport::nats_options options;
  options.stream_bytes_max = 64U << 10;
  fixture f({}, options);
  frame_source source(genesis_of("orders"), f.writer.source().tail());
  transport::append_result answer;
  do {
    answer = append_and_wait(f.t, source.next(9000));
  } while (answer.outcome == append_outcome::committed);
  CHECK(answer.outcome == append_outcome::unavailable);
  CHECK(answer.detail.find("maximum bytes exceeded (10077)") != std::string::npos);
  CHECK(f.counters().unavailable.load() == 1);
  const auto last = f.t.log().last(source.journal());
  REQUIRE(last.has_value());
  f.writer = sure_writer(f.t, frame_source(genesis_of("orders"), *last));
  const testing_nats::raw_client raw(f.broker.urls());
  std::thread operator_at_work([&] {
    f.t.wait_until([&] { return f.counters().unavailable > 1; });
    raw.configure(f.stream(), [](jsStreamConfig& c) { c.MaxBytes = 1U << 20; });
  });
  f.writer.append(9000);
  operator_at_work.join();
  CHECK(f.writer.settled() > 0);
  f.check_journal();
}

TEST_CASE("a broker whose storage is used up refuses appends, and goes on with more") {
  fixture f({.max_file_store = "256KB"});
  frame_source source(genesis_of("orders"), f.writer.source().tail());
  transport::append_result answer;
  do {
    answer = append_and_wait(f.t, source.next(20'000));
  } while (answer.outcome == append_outcome::committed);
  CHECK(answer.outcome == append_outcome::unavailable);
  const auto last = f.t.log().last(source.journal());
  REQUIRE(last.has_value());
  f.writer = sure_writer(f.t, frame_source(genesis_of("orders"), *last));
  f.broker.kill();
  f.broker.settings().max_file_store = "64MB";
  f.broker.start();
  f.writer.append(20'000);
  f.check_journal();
}

TEST_CASE("a frame that the broker would close the connection for is not sent") {
  fixture f;
  f.writer.append();
  frame_source source(genesis_of("orders"), f.writer.source().tail());
  std::vector<std::byte> noise(2U << 20);
  std::uint64_t state = 1;
  for (auto& b : noise) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    b = static_cast<std::byte>(state >> 56U);
  }
  core::frame_builder builder;
  builder.add_event(event_type_id{7}, 1, correlation_id{1}, {}, noise);
  const auto frame = builder.seal(source.journal(), 3_frame, 1, source.tail().hash, timestamp{});
  CHECK(append_and_wait(f.t, frame).outcome == append_outcome::conflict);
  const auto found = read(f.t, source.journal(), 3_frame);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().what.find("larger than the broker takes") != std::string::npos);
  CHECK(f.t.nats().connected());
  CHECK(f.counters().broker_errors.load() == 0);
}

TEST_CASE("a slow reader holds up nobody and costs no memory: it reads from the broker what memory has forgotten") {
  fixture f;
  auto payment = sure_writer(f.t, open_journal(f.t, genesis_of("payment")));
  transport::nats_options small;
  small.tail_cache_bytes = 64U << 10;
  nats_log_under_test other(f.broker, small, f.t.prefix());
  (void)open_journal(other, genesis_of("orders"));
  (void)open_journal(other, genesis_of("payment"));
  frame_sequence orders_heard{};
  frame_sequence payment_heard{};
  const auto a = other.log().watch(f.writer.source().journal(),
                                   [&](journal_id, frame_sequence last) { other.note([&] { orders_heard = last; }); });
  const auto b = other.log().watch(payment.source().journal(),
                                   [&](journal_id, frame_sequence last) { other.note([&] { payment_heard = last; }); });
  for (int i = 0; i < 600; ++i) { // more than a follower asks for at once
    f.writer.append(2000);
    payment.append();
  }
  other.wait_until([&] { return payment_heard == payment.source().tail().sequence; });
  other.wait_until([&] { return orders_heard == f.writer.source().tail().sequence; });
  CHECK(read_chain(other, f.writer.source().journal(), 50'000).hash == f.writer.source().tail().hash);
  CHECK(other.nats().counters().stored_reads.load() > 0);
  CHECK(other.nats().counters().slow_consumers.load() == 0);
}

TEST_CASE("a consumer that an operator removes is replaced") {
  fixture f;
  f.writer.append();
  nats_log_under_test other(f.broker, {}, f.t.prefix());
  (void)open_journal(other, genesis_of("orders"));
  frame_sequence heard{};
  const auto handle = other.log().watch(f.writer.source().journal(),
                                        [&](journal_id, frame_sequence last) { other.note([&] { heard = last; }); });
  f.writer.append();
  other.wait_until([&] { return heard == f.writer.source().tail().sequence; });
  const testing_nats::raw_client raw(f.broker.urls());
  jsConsumerNamesList* names = nullptr;
  REQUIRE(js_ConsumerNames(&names, raw.jetstream(), f.stream().c_str(), nullptr, nullptr) == NATS_OK);
  for (int i = 0; i < names->Count; ++i) {
    REQUIRE(js_DeleteConsumer(raw.jetstream(), f.stream().c_str(), names->List[i], nullptr, nullptr) == NATS_OK);
  }
  CHECK(names->Count >= 2);
  jsConsumerNamesList_Destroy(names);
  f.writer.append();
  other.wait_until([&] { return heard == f.writer.source().tail().sequence; });
  CHECK(other.nats().counters().consumers_created.load() >= 2);
}

} // namespace reel::conformance
