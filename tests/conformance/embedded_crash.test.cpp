// The embedded log and other processes: kill -9 loses nothing that was acknowledged, a second writer is refused, tools
// may look on.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "embedded_log_under_test.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <random>

#include <sys/wait.h>
#include <unistd.h>

namespace reel::conformance {

namespace {

constexpr std::uint32_t journals = 4;

/// What the dying process tells before it is killed: this frame is acknowledged.
struct acknowledgement {
  std::uint32_t partition = 0;
  std::uint64_t sequence = 0;
  core::frame_hash hash{};
};
static_assert(sizeof(acknowledgement) <= PIPE_BUF, "a write of this size is never torn");

/// Appends for ever, with several frames in flight per journal. Never returns.
[[noreturn]] void run_victim(const transport::embedded_options& options, int pipe_end) {
  constexpr int in_flight_max = 20;
  auto opened = transport::embedded_log::open(options);
  if (!opened) {
    ::_exit(2);
  }
  std::vector<frame_source> sources;
  for (std::uint32_t p = 0; p < journals; ++p) {
    const auto tail = (*opened)->open(genesis_of("orders", p));
    if (!tail) {
      ::_exit(3);
    }
    sources.emplace_back(genesis_of("orders", p), *tail);
  }
  std::mt19937_64 random(static_cast<std::uint64_t>(::getpid()));
  std::mutex mutex;
  std::condition_variable changed;
  int in_flight = 0;
  for (std::uint32_t p = 0;; p = (p + 1) % journals) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return in_flight < in_flight_max; });
      ++in_flight;
    }
    const auto expected = sources[p].tail().sequence;
    const auto frame = sources[p].next(random() % 20'000);
    (*opened)->append(sources[p].journal(), expected, frame,
                      [&, p, decoded = frame.decoded](const transport::append_result& result) {
                        if (result.outcome != transport::append_outcome::committed) {
                          ::_exit(4);
                        }
                        const acknowledgement a{p, static_cast<std::uint64_t>(decoded->sequence()), decoded->hash()};
                        if (::write(pipe_end, &a, sizeof(a)) != sizeof(a)) {
                          ::_exit(5);
                        }
                        const std::lock_guard lock(mutex);
                        --in_flight;
                        changed.notify_one();
                      });
  }
}

/// Runs a victim until it has acknowledged `count` frames, kills it, and gives everything that it acknowledged.
std::vector<acknowledgement> run_and_kill(const transport::embedded_options& options, std::size_t count) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    run_victim(options, ends[1]);
  }
  ::close(ends[1]);
  std::vector<acknowledgement> heard;
  bool killed = false;
  for (acknowledgement a;; heard.push_back(a)) {
    if (heard.size() >= count && !killed) {
      REQUIRE(::kill(child, SIGKILL) == 0);
      killed = true;
    }
    if (::read(ends[0], &a, sizeof(a)) != sizeof(a)) {
      break; // the pipe is drained and its writer gone
    }
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE_MESSAGE(WIFSIGNALED(status), "the victim ended by itself with status " << WEXITSTATUS(status));
  return heard;
}

void check_survival(const transport::embedded_options& options, const std::vector<acknowledgement>& heard) {
  embedded_log_under_test t(options);
  for (std::uint32_t p = 0; p < journals; ++p) {
    const auto journal = transport::journal_id_of(genesis_of("orders", p));
    const auto end = open_journal(t, genesis_of("orders", p)).tail();
    CHECK(read_chain(t, journal).hash == end.hash);
    for (const auto& a : heard) {
      if (a.partition != p) {
        continue;
      }
      REQUIRE(a.sequence <= static_cast<std::uint64_t>(end.sequence));
      const auto found = read(t, journal, frame_sequence{a.sequence}, 1);
      REQUIRE(found.has_value());
      REQUIRE(found->size() == 1);
      REQUIRE(found->front()->hash() == a.hash);
    }
  }
}

} // namespace

TEST_CASE("kill -9 loses no acknowledged frame and leaves whole chains") {
  constexpr int rounds = 12;
  std::mt19937_64 random(7);
  for (const auto durability : {transport::durability::fsync, transport::durability::os}) {
    const temporary_directory directory;
    transport::embedded_options options;
    options.directory = directory.path();
    options.durability = durability;
    options.checkpoint_bytes = 256U << 10; // so that some kills hit a checkpoint
    for (int round = 0; round < rounds; ++round) {
      const auto heard = run_and_kill(options, random() % 300);
      check_survival(options, heard);
    }
  }
}

TEST_CASE("a second writer is refused, by name, until the first one ends") {
  const temporary_directory directory;
  transport::embedded_options options;
  options.directory = directory.path();
  auto first = transport::embedded_log::open(options);
  REQUIRE(first.has_value());
  const auto second = transport::embedded_log::open(options);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == core::errc::unavailable);
  CHECK(second.error().what.find(directory.path().string()) != std::string::npos);
  CHECK(second.error().what.find(std::to_string(::getpid())) != std::string::npos);
  first->reset();
  CHECK(transport::embedded_log::open(options).has_value());
}

TEST_CASE("a tool reads beside a live writer, and writes nothing") {
  embedded_log_under_test writer(transport::embedded_options{});
  auto source = open_journal(writer, genesis_of("orders"));
  REQUIRE(append_and_wait(writer, source.next()).outcome == transport::append_outcome::committed);
  auto options = writer.options();
  options.access = transport::access::read_only;
  embedded_log_under_test tool(options);
  for (int i = 0; i < 5; ++i) {
    CHECK(read_chain(tool, source.journal()).hash == source.tail().hash);
    CHECK(tool.log().last(source.journal()).value().hash == source.tail().hash);
    REQUIRE(append_and_wait(writer, source.next()).outcome == transport::append_outcome::committed);
  }
  const auto all = tool.log().journals();
  REQUIRE(all.has_value());
  REQUIRE(all->size() == 1);
  CHECK(all->front().tail.hash == source.tail().hash);
  CHECK(append_and_wait(tool, source.next()).outcome == transport::append_outcome::unavailable);
  CHECK_FALSE(tool.log().open(genesis_of("unknown")).has_value());
  CHECK(tool.log().open(genesis_of("orders")).has_value());
  auto other = genesis_of("orders");
  other.partitions = 9;
  CHECK_FALSE(tool.log().open(other).has_value());
}

TEST_CASE("a tool reads a directory at rest, and one whose writer was killed") {
  const temporary_directory directory;
  transport::embedded_options options;
  options.directory = directory.path();
  transport::journal_tail end;
  {
    embedded_log_under_test writer(options);
    auto source = open_journal(writer, genesis_of("orders", 0));
    REQUIRE(append_and_wait(writer, source.next()).outcome == transport::append_outcome::committed);
    end = source.tail();
  }
  auto reading = options;
  reading.access = transport::access::read_only;
  const auto journal = transport::journal_id_of(genesis_of("orders", 0));
  {
    embedded_log_under_test tool(reading);
    CHECK(read_chain(tool, journal).hash == end.hash);
  }
  const auto heard = run_and_kill(options, 20);
  embedded_log_under_test tool(reading);
  std::uint64_t newest = 0;
  for (const auto& a : heard) {
    newest = a.partition == 0 ? std::max(newest, a.sequence) : newest;
  }
  CHECK(static_cast<std::uint64_t>(read_chain(tool, journal).sequence) >= newest);
}

TEST_CASE("reading a directory without journals is an error and leaves nothing behind") {
  const temporary_directory directory;
  transport::embedded_options options;
  options.directory = directory.path();
  options.access = transport::access::read_only;
  const auto opened = transport::embedded_log::open(options);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == core::errc::not_found);
  CHECK(std::filesystem::is_empty(directory.path()));
}

} // namespace reel::conformance
