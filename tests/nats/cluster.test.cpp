// Three servers that keep each frame three times: any of them may die.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "raw_stream.hpp"
#include "sure_writer.hpp"
#include "transport/nats/stream.hpp"

#include <thread>

namespace reel::conformance {

namespace {

/// Which of the broker's servers leads a stream.
std::size_t leader_of(const testing_nats::broker& broker, const std::string& stream) {
  const testing_nats::raw_client raw(broker.urls());
  const auto info = raw.info(stream);
  REQUIRE(info->Cluster != nullptr);
  REQUIRE(info->Cluster->Leader != nullptr);
  return static_cast<std::size_t>(info->Cluster->Leader[1] - '0'); // servers are called n0, n1, n2
}

} // namespace

TEST_CASE("the leader of a stream dies under appends: nothing acknowledged is lost, and a reader sees all of it") {
  testing_nats::broker broker({.servers = 3});
  transport::nats_options options;
  options.replicas = 3;
  nats_log_under_test t(broker, options);
  nats_log_under_test other(broker, options, t.prefix());
  sure_writer writer(t, open_journal(t, genesis_of("orders")));
  const auto journal = open_journal(other, genesis_of("orders")).journal();
  frame_sequence heard{};
  const auto handle =
      other.log().watch(journal, [&](journal_id, frame_sequence last) { other.note([&] { heard = last; }); });
  constexpr std::uint64_t kills = 2;
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    for (int i = 0; i < 20; ++i) {
      writer.append();
    }
    const auto leader = leader_of(broker, transport::names_of(t.prefix(), "orders", 0).stream);
    std::thread killer([&] { broker.kill(leader); });
    for (int i = 0; i < 50; ++i) {
      writer.append();
    }
    killer.join();
    other.wait_until([&] { return heard == writer.source().tail().sequence; });
    broker.start(leader);
    broker.wait_ready();
  }
  CHECK(writer.source().tail().sequence == frame_sequence{1 + kills * 70});
  for (auto* log : {&t, &other}) {
    CHECK(read_chain(*log, journal).hash == writer.source().tail().hash);
    CHECK(log->nats().counters().halted.load() == 0);
  }
}

} // namespace reel::conformance
