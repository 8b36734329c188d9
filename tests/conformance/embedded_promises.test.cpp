// What the embedded log promises beyond the suite: incarnations, watches, damage, and an outcome that only looks
// certain.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "embedded_log_under_test.hpp"

#include <sqlite3.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

namespace reel::conformance {

namespace {

using transport::append_outcome;
using transport::durability;

/// While it lives, the index of a write-ahead log cannot grow: stands before SQLite's access to files.
class full_index {
public:
  full_index() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.zName = "full index";
    vfs_.xOpen = open;
    real_vfs = real_;
    REQUIRE(sqlite3_vfs_register(&vfs_, 1) == SQLITE_OK);
    full = true;
  }
  ~full_index() {
    sqlite3_vfs_register(real_, 1);
    sqlite3_vfs_unregister(&vfs_);
  }
  full_index(const full_index&) = delete;
  full_index& operator=(const full_index&) = delete;

  static inline std::atomic<bool> full{false};

private:
  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    const int code = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
      if (real_methods == nullptr) {
        real_methods = file->pMethods;
        methods = *real_methods;
        methods.xShmMap = map_index;
      }
      file->pMethods = &methods;
    }
    return code;
  }
  static int map_index(sqlite3_file* file, int page, int page_bytes, int extend, void volatile** to) {
    return full && page > 0 ? SQLITE_IOERR_SHMSIZE : real_methods->xShmMap(file, page, page_bytes, extend, to);
  }

  static inline sqlite3_vfs* real_vfs = nullptr;
  static inline const sqlite3_io_methods* real_methods = nullptr;
  static inline sqlite3_io_methods methods{};

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
};

std::unique_ptr<embedded_log_under_test> make(durability kept = durability::os) {
  transport::embedded_options options;
  options.durability = kept;
  options.checkpoint_bytes = std::size_t{1} << 30;
  return std::make_unique<embedded_log_under_test>(options);
}

} // namespace

// The group is in the write-ahead log by then: a crash would bring it back.
TEST_CASE("no room for the index of the write-ahead log is an unknown outcome, not a refusal") {
  const full_index fault;
  const auto t = make();
  auto source = open_journal(*t, genesis_of("orders"));
  constexpr std::size_t commits_max = 20'000;
  auto sure = source.tail();
  std::optional<core::sealed_frame> uncertain;
  for (std::size_t i = 0; i < commits_max && !uncertain; ++i) {
    const auto frame = source.next();
    const auto result = append_and_wait(*t, frame);
    if (result.outcome == append_outcome::committed) {
      sure = source.tail();
    } else {
      CHECK(result.outcome == append_outcome::unknown);
      uncertain = frame;
    }
  }
  REQUIRE(uncertain.has_value());
  full_index::full = false;
  const temporary_directory crashed; // the files as kill -9 would leave them
  for (const auto* name : {"journals.db", "journals.db-wal"}) {
    std::filesystem::copy_file(t->options().directory / name, crashed.path() / name);
  }
  auto options = t->options();
  options.directory = crashed.path();
  {
    const auto recovered = transport::embedded_log::open(options);
    REQUIRE(recovered.has_value());
    CHECK((*recovered)->last(source.journal()).value().hash == uncertain->decoded->hash());
  }
  CHECK(t->log().last(source.journal()).value().hash == sure.hash);
  CHECK(append_and_wait(*t, *uncertain).outcome == append_outcome::committed);
  t->reopen();
  CHECK(read_chain(*t, source.journal()).hash == uncertain->decoded->hash());
}

TEST_CASE("a changed byte in the database is found when it is read") {
  const auto t = make();
  auto source = open_journal(*t, genesis_of("orders"));
  const auto frame = source.next(40);
  REQUIRE(append_and_wait(*t, frame).outcome == append_outcome::committed);
  REQUIRE(append_and_wait(*t, source.next()).outcome == append_outcome::committed);
  t->reopen(); // everything is in the database file now
  const auto path = t->options().directory / "journals.db";
  std::string bytes(std::filesystem::file_size(path), '\0');
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const std::string stored(reinterpret_cast<const char*>(frame.stored->data()), frame.stored->size());
  const auto at = bytes.find(stored);
  REQUIRE(at != std::string::npos);
  file.seekp(static_cast<std::streamoff>(at + stored.size() - 1));
  file.put(static_cast<char>(stored.back() ^ 1));
  file.close();
  t->reopen();
  const auto found = read(*t, source.journal(), 1_frame);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == core::errc::corrupt);
  CHECK(found.error().what.find("frame 2") != std::string::npos);
}

TEST_CASE("a new journal gets an incarnation of its own, an old one keeps it") {
  auto genesis = genesis_of("orders");
  genesis.incarnation = 0;
  std::vector<std::uint64_t> found;
  for (int i = 0; i < 2; ++i) {
    const auto t = make();
    (void)open_journal(*t, genesis);
    found.push_back(t->log().journals().value().front().genesis.incarnation);
    t->reopen();
    (void)open_journal(*t, genesis);
    CHECK(t->log().journals().value().front().genesis.incarnation == found.back());
  }
  CHECK(found[0] != 0);
  CHECK(found[0] != found[1]);
}

TEST_CASE("dropping a watch waits for the callback that runs") {
  const auto t = make();
  auto source = open_journal(*t, genesis_of("orders"));
  std::promise<void> entered;
  std::promise<void> leave;
  auto may_leave = leave.get_future();
  std::atomic<bool> left{false};
  std::atomic<int> calls{0};
  auto handle = t->log().watch(source.journal(), [&](journal_id, frame_sequence) {
    if (++calls == 1) {
      entered.set_value();
      may_leave.wait();
      left = true;
    }
  });
  const auto answer = std::make_shared<answers>();
  const auto expected = source.tail().sequence;
  append(*t, source.journal(), expected, source.next(), answer);
  entered.get_future().wait();
  std::promise<void> dropping;
  std::atomic<bool> left_before_dropped{false};
  std::atomic<int> calls_when_dropped{0};
  std::thread dropper([&] {
    dropping.set_value();
    handle.reset();
    left_before_dropped = left.load();
    calls_when_dropped = calls.load();
  });
  dropping.get_future().wait();
  leave.set_value();
  dropper.join();
  CHECK(left_before_dropped);
  CHECK(append_and_wait(*t, source.next()).outcome == append_outcome::committed);
  t->reopen();
  CHECK(calls == calls_when_dropped); // a second notice may have come before, none after
}

TEST_CASE("a callback may drop its own watch") {
  const auto t = make();
  auto source = open_journal(*t, genesis_of("orders"));
  std::shared_ptr<void> handle;
  std::atomic<int> calls{0};
  handle = t->log().watch(source.journal(), [&](journal_id, frame_sequence) {
    ++calls;
    handle.reset();
  });
  REQUIRE(append_and_wait(*t, source.next()).outcome == append_outcome::committed);
  REQUIRE(append_and_wait(*t, source.next()).outcome == append_outcome::committed);
  t->reopen();
  CHECK(calls == 1);
}

TEST_CASE("events that come from storage are verified against the registry") {
  event_info known;
  known.name = "test.Event";
  known.id = event_type_id{7}; // the type of every event that a frame_source makes
  known.verify = [](bytes_view payload) { return payload.size() != 13; };
  const core::event_registry registry({known});
  transport::embedded_options options;
  options.registry = &registry;
  options.tail_cache_bytes = 1;
  embedded_log_under_test t(options);
  auto source = open_journal(t, genesis_of("orders"));
  REQUIRE(append_and_wait(t, source.next(12)).outcome == append_outcome::committed);
  REQUIRE(append_and_wait(t, source.next(13)).outcome == append_outcome::committed);
  const auto good = read(t, source.journal(), 2_frame, 1);
  REQUIRE(good.has_value());
  CHECK(good->size() == 1);
  const auto bad = read(t, source.journal(), 3_frame, 1);
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().code == core::errc::corrupt);
  CHECK(bad.error().what.find("test.Event") != std::string::npos);
}

} // namespace reel::conformance
