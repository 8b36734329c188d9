// The embedded log on a failing disk: full (it goes on when there is room again) and broken (it stops, and never tries
// a second fsync).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "embedded_log_under_test.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <sys/resource.h>
#include <sys/syscall.h>

namespace {

std::atomic<bool> sync_fails{false};
std::atomic<int> syncs_failed{0};
std::atomic<long> writes_left{-1}; // before writes fail for lack of room; negative: no limit
std::atomic<long> writes_seen{0};

int sync_or_fail(long number, int file) {
  if (sync_fails) {
    ++syncs_failed;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(number, file));
}

ssize_t write_or_fail(int file, const void* bytes, size_t size, off_t offset) {
  ++writes_seen;
  if (writes_left == 0) {
    errno = ENOSPC;
    return -1;
  }
  if (writes_left > 0) {
    --writes_left;
  }
  return ::pwrite(file, bytes, size, offset);
}

} // namespace

// Stand in for libc's in the whole process: SQLite has no other hook for them.
extern "C" int fdatasync(int file) {
  return sync_or_fail(SYS_fdatasync, file);
}
extern "C" int fsync(int file) {
  return sync_or_fail(SYS_fsync, file);
}

namespace reel::conformance {

namespace {

using transport::append_outcome;

/// Replaces SQLite's pwrite while it lives.
class limited_writes {
public:
  limited_writes() {
    install(reinterpret_cast<sqlite3_syscall_ptr>(&write_or_fail));
  }
  ~limited_writes() {
    writes_left = -1;
    install(nullptr);
  }
  limited_writes(const limited_writes&) = delete;
  limited_writes& operator=(const limited_writes&) = delete;

private:
  static void install(sqlite3_syscall_ptr to) {
    auto* vfs = sqlite3_vfs_find(nullptr);
    const bool either =
        (vfs->xSetSystemCall(vfs, "pwrite", to) == SQLITE_OK) | (vfs->xSetSystemCall(vfs, "pwrite64", to) == SQLITE_OK);
    REQUIRE(either);
  }
};

/// Appends to two journals; what is not stored is tried again when there is room. True when something was refused.
bool append_through_a_full_disk(long writes_before_full) {
  transport::embedded_options options;
  options.durability = transport::durability::os;
  options.checkpoint_bytes = 128U << 10;
  embedded_log_under_test t(options);
  std::vector<frame_source> sources;
  sources.push_back(open_journal(t, genesis_of("orders", 0)));
  sources.push_back(open_journal(t, genesis_of("orders", 1)));
  writes_left = writes_before_full;
  bool refused = false;
  for (int i = 0; i < 12; ++i) {
    for (auto& source : sources) {
      const auto frame = source.next(10'000);
      auto result = append_and_wait(t, frame);
      if (result.outcome != append_outcome::committed) {
        refused = true;
        CHECK(result.outcome == append_outcome::unavailable);
        CHECK(result.detail != "");
        CHECK(t.log().last(source.journal())->sequence == preceding(frame.decoded->sequence()));
        CHECK(append_and_wait(t, frame).outcome == append_outcome::unavailable); // still full
        writes_left = -1;
        result = append_and_wait(t, frame);
        CHECK_MESSAGE(result.outcome == append_outcome::committed, result.detail);
      }
    }
  }
  writes_left = -1;
  t.reopen();
  for (const auto& source : sources) {
    CHECK(open_journal(t, genesis_of("orders", &source == &sources[0] ? 0 : 1)).tail().hash == source.tail().hash);
    CHECK(read_chain(t, source.journal()).hash == source.tail().hash);
  }
  return refused;
}

} // namespace

TEST_CASE("a disk that is full at any write refuses frames, loses none, and takes them when there is room") {
  const limited_writes limited;
  constexpr long writes_max = 130;
  int refusals = 0;
  for (long at = 0; at < writes_max; ++at) {
    CAPTURE(at);
    refusals += append_through_a_full_disk(at) ? 1 : 0;
  }
  CHECK(refusals > 40);
}

TEST_CASE("a limit on the size of files is a full disk") {
  embedded_log_under_test t(transport::embedded_options{});
  auto source = open_journal(t, genesis_of("orders"));
  rlimit before_test{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_test) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = before_test;
  tight.rlim_cur = 200'000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  std::vector<core::sealed_frame> waiting;
  while (waiting.empty() && source.tail().sequence < 100_frame) {
    const auto frame = source.next(30'000);
    const auto result = append_and_wait(t, frame);
    if (result.outcome != append_outcome::committed) {
      CHECK_MESSAGE(result.outcome == append_outcome::unavailable, result.detail);
      waiting.push_back(frame);
    }
  }
  const auto restored = ::setrlimit(RLIMIT_FSIZE, &before_test);
  std::signal(SIGXFSZ, old_handler);
  REQUIRE(restored == 0);
  REQUIRE(waiting.size() == 1);
  CHECK(append_and_wait(t, waiting.front()).outcome == append_outcome::committed);
  t.reopen();
  (void)open_journal(t, genesis_of("orders"));
  CHECK(read_chain(t, source.journal()).hash == source.tail().hash);
}

TEST_CASE("everything that waits fails together when the disk is full, in order") {
  const limited_writes limited;
  embedded_log_under_test t(transport::embedded_options{});
  auto source = open_journal(t, genesis_of("orders"));
  const auto first = source.tail();
  writes_left = 0;
  const auto to = std::make_shared<answers>();
  for (int i = 0; i < 20; ++i) {
    const auto expected = source.tail().sequence;
    append(t, source.journal(), expected, source.next(), to);
  }
  t.wait_until([&] { return to->all.size() == 20; });
  writes_left = -1;
  for (const auto& a : to->all) {
    const bool not_stored =
        a.result.outcome == append_outcome::unavailable || a.result.outcome == append_outcome::conflict;
    CHECK(not_stored);
    CHECK(a.result.last == first.sequence);
  }
  CHECK(read_chain(t, source.journal()).hash == first.hash);
}

TEST_CASE("after a failed fsync nothing is written any more, and nothing acknowledged is lost") {
  for (const bool at_checkpoint : {false, true}) {
    CAPTURE(at_checkpoint);
    transport::embedded_options options;
    options.durability = at_checkpoint ? transport::durability::os : transport::durability::fsync;
    options.checkpoint_bytes = at_checkpoint ? 256U << 10 : 16U << 20; // not before syncs fail
    embedded_log_under_test t(options);
    auto source = open_journal(t, genesis_of("orders"));
    REQUIRE(append_and_wait(t, source.next()).outcome == append_outcome::committed);
    auto acknowledged = source.tail();
    sync_fails = true;
    syncs_failed = 0;
    auto result = append_and_wait(t, source.next(10'000));
    while (at_checkpoint && result.outcome == append_outcome::committed && source.tail().sequence < 5000_frame) {
      acknowledged = source.tail();
      result = append_and_wait(t, source.next(10'000));
    }
    CHECK(result.outcome == (at_checkpoint ? append_outcome::unavailable : append_outcome::unknown));
    CHECK(result.detail != "");
    const int failed = syncs_failed;
    CHECK(failed == 1);
    for (int i = 0; i < 3; ++i) {
      frame_source again(genesis_of("orders"), acknowledged);
      CHECK(append_and_wait(t, again.next()).outcome == append_outcome::unavailable);
    }
    CHECK(syncs_failed == failed);
    sync_fails = false;
    t.reopen();
    const auto end = open_journal(t, genesis_of("orders")).tail();
    CHECK(end.sequence >= acknowledged.sequence);
    CHECK(read_chain(t, source.journal()).hash == end.hash);
  }
}

} // namespace reel::conformance
