// Readers give each consumer its frames in order, by credit, and let nobody wait for somebody else's.
#include "runtime/reader.hpp"
#include "projection_fixture.hpp"
#include "runtime/caf.hpp"
#include "scripted_log.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

using namespace reel;
using namespace reel::runtime;

namespace {

using sequences = std::vector<std::uint64_t>;

/// Notes what arrives.
class listener : public caf::event_based_actor {
public:
  listener(caf::actor_config& config, std::shared_ptr<sequences> seen)
      : caf::event_based_actor(config), seen_(std::move(seen)) {}
  caf::behavior make_behavior() override {
    return {[this](routed_batch& batch) {
      for (const auto& frame : batch.frames) {
        seen_->push_back(static_cast<std::uint64_t>(frame->source->sequence()));
      }
    }};
  }

private:
  std::shared_ptr<sequences> seen_;
};

/// A reader of one journal of ten frames, and its consumers. Every frame holds one event.
struct reading {
  reading() {
    config.set("scheduler.policy", caf::atom("testing"));
    system = std::make_unique<caf::actor_system>(config);
    scheduler = dynamic_cast<caf::scheduler::test_coordinator*>(&system->scheduler());
    projection_test::journal journal(*bank, 0);
    for (int i = 0; i < 9; ++i) {
      journal.append({{projection_test::deposited, "ann", 1}});
    }
    log.frames = journal.all();
    status = std::make_shared<node_status>(bank->journals.size());
    reader_ = system->spawn<reader>(bank, 0, log, status);
    scheduler->run();
  }
  ~reading() {
    caf::anon_send_exit(reader_, caf::exit_reason::kill);
    for (const auto& l : listeners) {
      caf::anon_send_exit(l, caf::exit_reason::kill);
    }
    scheduler->run();
  }
  reading(const reading&) = delete;
  reading& operator=(const reading&) = delete;

  std::shared_ptr<sequences> attach(std::uint64_t handled, std::int64_t amount) {
    auto seen = std::make_shared<sequences>();
    listeners.push_back(system->spawn<listener>(seen));
    caf::anon_send(reader_, attach_request{listeners.back(), attach_request::whole_frames, 0, frame_sequence{handled},
                                           amount, listeners.size()});
    scheduler->run();
    return seen;
  }
  void give(std::uint64_t attachment, std::int64_t amount) {
    caf::anon_send(reader_, credit{attachment, amount});
    scheduler->run();
  }
  /// The disk answers the oldest read that waits, with at most `count` frames.
  void answer(std::size_t count = 100) {
    auto asked = std::move(log.reads.front());
    log.reads.pop_front();
    const auto first = std::min(static_cast<std::size_t>(asked.from) - 1, log.frames.size());
    const auto last = std::min(first + count, log.frames.size());
    asked.done(transport::frames(log.frames.begin() + static_cast<std::ptrdiff_t>(first),
                                 log.frames.begin() + static_cast<std::ptrdiff_t>(last)));
    scheduler->run();
  }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::scheduler::test_coordinator* scheduler = nullptr;
  std::shared_ptr<const runtime::plan> bank = projection_test::make_plan();
  runtime::test::scripted_log log;
  std::shared_ptr<node_status> status;
  caf::actor reader_;
  std::vector<caf::actor> listeners;
};

} // namespace

TEST_CASE_FIXTURE(reading, "consumers at the same place share a read") {
  const auto a = attach(0, 100);
  const auto b = attach(0, 100);
  CHECK(log.reads.size() == 1);
  answer(4);
  CHECK(*a == sequences{1, 2, 3, 4});
  CHECK(*b == sequences{1, 2, 3, 4});
  REQUIRE(log.reads.size() == 1);
  CHECK(log.reads.front().from == frame_sequence{5});
  answer();
  CHECK(a->size() == 10);
  CHECK(*a == *b);
  CHECK(log.reads.empty());
}

TEST_CASE_FIXTURE(reading, "one that lags waits for the disk alone") {
  log.memory_from = frame_sequence{8};
  const auto lagging = attach(0, 100);
  CHECK(lagging->empty());
  const auto current = attach(7, 100);
  CHECK(*current == sequences{8, 9, 10});
  REQUIRE(log.reads.size() == 1);
  answer(3);
  CHECK(*lagging == sequences{1, 2, 3});
  answer(4);
  CHECK(*lagging == sequences{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); // the rest came from memory
  CHECK(current->size() == 3);
}

TEST_CASE_FIXTURE(reading, "nobody gets more than its credit") {
  log.memory_from = frame_sequence{1};
  const auto slow = attach(0, 3); // the genesis weighs one, every other frame two
  CHECK(*slow == sequences{1, 2});
  const auto quick = attach(0, 100);
  CHECK(quick->size() == 10);
  CHECK(slow->size() == 2);
  give(1, 2);
  CHECK(*slow == sequences{1, 2, 3});
  give(1, 1000);
  CHECK(slow->size() == 10);
}

TEST_CASE_FIXTURE(reading, "a frame that is not there yet is asked for after the next notice") {
  const auto a = attach(9, 100);
  REQUIRE(log.reads.size() == 1);
  auto early = std::move(log.reads.front());
  log.reads.pop_front();
  SUBCASE("the notice comes after the empty answer") {
    early.done(transport::frames{});
    scheduler->run();
    CHECK(log.reads.empty());
    caf::anon_send(reader_, journal_moved{frame_sequence{10}});
    scheduler->run();
  }
  SUBCASE("the notice overtakes the empty answer") {
    caf::anon_send(reader_, journal_moved{frame_sequence{11}});
    scheduler->run();
    early.done(transport::frames{});
    scheduler->run();
  }
  REQUIRE(log.reads.size() == 1);
  answer();
  CHECK(*a == sequences{10});
}

TEST_CASE_FIXTURE(reading, "a consumer that attaches again starts where it says") {
  log.memory_from = frame_sequence{1};
  const auto a = attach(0, 100);
  CHECK(a->size() == 10);
  caf::anon_send(reader_, attach_request{listeners[0], attach_request::whole_frames, 0, frame_sequence{8}, 100, 99});
  scheduler->run();
  CHECK(a->size() == 12);
}

TEST_CASE_FIXTURE(reading, "a journal that cannot be read is an alarm, and is not asked again") {
  const auto a = attach(0, 100);
  auto asked = std::move(log.reads.front());
  log.reads.pop_front();
  asked.done(core::fail(core::errc::corrupt, "frame 1 is damaged"));
  scheduler->run();
  REQUIRE(status->alarms().size() == 1);
  CHECK(status->alarms().front().find("frame 1 is damaged") != std::string::npos);
  give(1, 100);
  CHECK(log.reads.empty());
  CHECK(a->empty());
}
