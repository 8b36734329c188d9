#include "runtime/projection_store.hpp"

#include "projection_fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <random>
#include <sys/resource.h>

using namespace projection_test;
using reel::runtime::projection_limits;
using reel::runtime::projection_store;

namespace {

constexpr std::size_t branch = 0;
constexpr std::size_t office = 1;

/// A bank with its two journals and the folder of its read model.
struct bank {
  std::shared_ptr<const runtime::plan> plan = make_plan();
  journal branch_journal{*plan, branch};
  journal office_journal{*plan, office};
  folder data;

  [[nodiscard]] fs::path views() const {
    return data.path() / "views";
  }
  [[nodiscard]] std::unique_ptr<projection_store> open(const projection_limits& limits = {},
                                                       std::uint32_t version = 1) const {
    return std::make_unique<projection_store>(plan, std::make_unique<accounts>(version), views(), limits);
  }
  [[nodiscard]] const journal& of(std::size_t index) const {
    return index == branch ? branch_journal : office_journal;
  }
  /// Feeds what the store has not handled, frame by frame, taking turns; `each` is called after every frame.
  template <class Current, class Each>
  void feed_current(Current current, Each each) const {
    for (bool more = true; more;) {
      more = false;
      for (const auto index : {branch, office}) {
        projection_store& store = current(); // `each` may have opened another one
        const auto done = static_cast<std::size_t>(store.handled(index).sequence);
        if (done < of(index).all().size()) {
          store.on_frame(of(index).all()[done]);
          each();
          more = true;
        }
      }
    }
  }
  template <class Each>
  void feed(projection_store& store, Each each) const {
    feed_current([&]() -> projection_store& { return store; }, each);
  }
  void feed(projection_store& store) const {
    feed(store, [] {});
  }
  [[nodiscard]] rows expected() const {
    return expected_rows({&branch_journal, &office_journal},
                         {branch_journal.all().size(), office_journal.all().size()});
  }
  /// The rows must be the fold of exactly the frames that the positions name. Returns how many frames those are.
  std::uint64_t check_consistent(const fs::path& folder) const {
    auto reader = runtime::view_reader::open(folder, "accounts").value();
    std::vector<std::uint64_t> through(2);
    const auto positions = reader.positions().value();
    for (const auto& position : positions) {
      const auto index = position.journal == plan->journals[branch].id ? branch : office;
      through[index] = static_cast<std::uint64_t>(position.at.sequence);
      CHECK(position.at.hash == core::short_hash(of(index).all()[through[index] - 1]->hash()));
    }
    CHECK(stored_rows(folder) == expected_rows({&branch_journal, &office_journal}, through));
    return through[branch] + through[office];
  }
};

std::string text_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::exception& failure) {
    return failure.what();
  }
  return {};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Random events over `accounts` keys, in `frames` frames of the two journals.
void fill(bank& b, std::uint32_t seed, int frame_count, int accounts_max) {
  std::mt19937 random(seed);
  for (int i = 0; i < frame_count; ++i) {
    std::vector<entry> events;
    for (auto n = random() % 5; n > 0; --n) {
      const auto type = static_cast<event_type_id>(1 + random() % 4);
      events.push_back(
          {type, "a" + std::to_string(random() % accounts_max), static_cast<std::int64_t>(random() % 100)});
    }
    (random() % 3 == 0 ? b.office_journal : b.branch_journal).append(events);
  }
}

void copy_files(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::create_directories(to);
  for (const auto& file : fs::directory_iterator(from)) {
    if (file.path().extension() != ".db-shm") { // the machine is gone, and its shared memory with it
      fs::copy(file.path(), to / file.path().filename());
    }
  }
}

} // namespace

TEST_CASE("a projection reads the journals that may hold its inputs") {
  const bank b;
  CHECK(b.open()->journals() == std::vector<std::size_t>{branch, office});
}

TEST_CASE("rows are folded from the inputs, and other events are ignored") {
  bank b;
  b.branch_journal.append({{deposited, "ann", 100}, {noticed, "ann", 1}, {unknown_to_program, "bob", 5}});
  b.branch_journal.append({{deposited, "bob", 30}, {withdrawn, "ann", 40}});
  b.office_journal.append({{withdrawn, "ann", 10}});
  const auto store = b.open();
  b.feed(*store);
  CHECK(stored_rows(b.views()).empty()); // nothing is written before flush
  store->flush();

  const auto found = stored_rows(b.views());
  REQUIRE(found.size() == 2);
  CHECK(std::get<std::int64_t>(found.at("ann")[1]) == 50);
  CHECK(std::get<std::int64_t>(found.at("ann")[2]) == 3);
  CHECK(std::get<std::int64_t>(found.at("bob")[1]) == 30);
  CHECK(found == b.expected());
  CHECK(b.check_consistent(b.views()) == 5);
}

TEST_CASE("a fact carries the envelope") {
  struct witness : accounts {
    void apply(const fact& event, row& cells) const override {
      cells[1] = static_cast<std::int64_t>(event.id.sequence) * 1000 + event.id.index;
      cells[2] = static_cast<std::int64_t>(event.frame_events);
      cells[4] = std::string(event.service) + " " + std::string(event.key) + " " +
                 std::to_string(event.time.time_since_epoch().count()) + " " +
                 (event.correlation == core::correlation_of("ann") ? "same flow" : "other flow") +
                 (exists(event.cause) ? " caused" : " root");
    }
  };
  bank b;
  b.branch_journal.append({{noticed, "ann", 1}, {deposited, "ann", 100}});
  projection_store store(b.plan, std::make_unique<witness>(), b.views());
  b.feed(store);
  store.flush();
  const auto row = stored_rows(b.views()).at("ann");
  CHECK(std::get<std::int64_t>(row[1]) == 2001);
  CHECK(std::get<std::int64_t>(row[2]) == 2);
  CHECK(std::get<std::string>(row[4]) == "branch ann 1000001 same flow root");
}

TEST_CASE("what was not flushed is folded again after a kill, nothing twice") {
  bank b;
  b.branch_journal.append({{deposited, "ann", 100}});
  {
    const auto store = b.open();
    b.feed(*store);
    store->flush();
  }
  b.branch_journal.append({{deposited, "ann", 1}, {deposited, "bob", 1}});
  b.office_journal.append({{withdrawn, "ann", 10}});
  {
    const auto store = b.open();
    CHECK(store->handled(branch).sequence == frame_sequence{2});
    b.feed(*store); // killed before flush
  }
  CHECK(b.check_consistent(b.views()) == 3);
  const auto store = b.open();
  CHECK(store->handled(branch).sequence == frame_sequence{2});
  b.feed(*store);
  store->flush();
  CHECK(stored_rows(b.views()) == b.expected());
  CHECK(b.check_consistent(b.views()) == 5);
}

TEST_CASE("frames that were handled already change nothing") {
  bank b;
  b.branch_journal.append({{deposited, "ann", 100}});
  const auto store = b.open();
  b.feed(*store);
  store->on_frame(b.branch_journal.all()[1]);
  store->on_frame(b.branch_journal.all()[0]);
  store->flush();
  CHECK(stored_rows(b.views()) == b.expected());
}

TEST_CASE("a tiny cache gives the same rows as no cache") {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    bank b;
    fill(b, seed, 60, 1 + static_cast<int>(seed));
    std::mt19937 random(seed);
    projection_limits limits;
    limits.cache_rows_max = 2;
    limits.dirty_rows_max = 1 + random() % 4;
    limits.idle_frames_max = 1 + random() % 3;
    limits.filter_bits = 512; // fills up after 32 keys and starts again
    auto store = b.open(limits);
    const auto work = [&] {
      if (random() % 4 == 0) {
        store->flush();
        CHECK(store->cached_rows() <= limits.cache_rows_max);
      }
      if (random() % 16 == 0) {
        store = b.open(limits);
      }
      b.check_consistent(b.views());
    };
    b.feed_current([&]() -> projection_store& { return *store; }, work);
    store->flush();
    CHECK(stored_rows(b.views()) == b.expected());
  }
}

TEST_CASE("files copied at any moment hold rows and positions of the same moment") {
  bank b;
  fill(b, 42, 200, 40);
  std::mt19937 random(42);
  projection_limits limits;
  limits.dirty_rows_max = 8;
  const auto store = b.open(limits);
  const auto copy = b.data.path() / "copy";
  std::uint64_t frames_last = 0;
  b.feed(*store, [&] {
    copy_files(b.views(), copy);
    const auto wal = copy / "accounts.db-wal";
    if (random() % 2 == 0 && fs::exists(wal)) { // the power went while the WAL was being written
      fs::resize_file(wal, fs::file_size(wal) - random() % std::min<std::uintmax_t>(fs::file_size(wal), 8192));
    } else {
      const auto frames = b.check_consistent(copy);
      CHECK(frames >= frames_last);
      frames_last = frames;
      return;
    }
    // The writer opens first, as it does after a crash.
    auto again = std::make_unique<projection_store>(b.plan, std::make_unique<accounts>(), copy, limits);
    b.check_consistent(copy);
    b.feed(*again);
    again->flush();
    CHECK(stored_rows(copy) == b.expected());
  });
  CHECK(frames_last > 100);
}

TEST_CASE("too many dirty rows are written although nobody flushes, between frames only") {
  bank b;
  for (int i = 0; i < 10; ++i) {
    b.branch_journal.append({{deposited, "a" + std::to_string(i), 1}, {deposited, "b" + std::to_string(i), 1}});
  }
  projection_limits limits;
  limits.dirty_rows_max = 3;
  const auto store = b.open(limits);
  std::vector<std::uint64_t> seen;
  b.feed(*store, [&] { seen.push_back(b.check_consistent(b.views())); });
  CHECK(seen.back() > 8);
}

TEST_CASE("positions alone are written now and then") {
  bank b;
  projection_limits limits;
  limits.idle_frames_max = 4;
  const auto store = b.open(limits);
  b.branch_journal.append({{noticed, "ann", 1}});
  b.feed(*store);
  store->flush();
  CHECK(b.check_consistent(b.views()) == 0);
  b.branch_journal.append({{noticed, "ann", 1}});
  b.feed(*store);
  store->flush();
  CHECK(b.check_consistent(b.views()) == 4);
}

TEST_CASE("another version is built again from the start") {
  bank b;
  fill(b, 7, 30, 5);
  {
    const auto store = b.open();
    CHECK_FALSE(store->rebuilt());
    b.feed(*store);
    store->flush();
  }
  {
    const auto store = b.open();
    CHECK_FALSE(store->rebuilt());
    CHECK(store->handled(branch).sequence == b.branch_journal.tail().sequence);
    CHECK(store->handled(branch).hash == b.branch_journal.tail().hash);
  }
  const auto store = b.open({}, 2);
  CHECK(store->rebuilt());
  CHECK(store->handled(branch).sequence == frame_sequence{});
  CHECK(stored_rows(b.views()).empty());
  b.feed(*store);
  store->flush();
  CHECK(stored_rows(b.views()) == b.expected());
}

TEST_CASE("other columns are built again from the start") {
  struct wider : accounts {
    wider() {
      all.assign(accounts::columns().begin(), accounts::columns().end());
      all.push_back({"owner", "text"});
    }
    [[nodiscard]] std::span<const column> columns() const override {
      return all;
    }
    std::vector<column> all;
  };
  bank b;
  fill(b, 7, 30, 5);
  {
    const auto store = b.open();
    b.feed(*store);
    store->flush();
  }
  projection_store store(b.plan, std::make_unique<wider>(), b.views());
  CHECK(store.rebuilt());
  b.feed(store);
  store.flush();
  auto reader = runtime::view_reader::open(b.views(), "accounts").value();
  CHECK(reader.columns().size() == 6);
  CHECK(reader.count().value() == b.expected().size());
}

TEST_CASE("a replaced journal is an error that names it") {
  bank b;
  b.branch_journal.append({{deposited, "ann", 100}});
  {
    const auto store = b.open();
    b.feed(*store);
    store->flush();
  }
  const auto before = stored_rows(b.views());
  journal other(*b.plan, branch, first_incarnation + 1);
  other.append({{deposited, "ann", 100}});
  other.append({{deposited, "eve", 666}});
  const auto store = b.open();

  SUBCASE("when its next frame comes") {
    const auto text = text_of([&] { store->on_frame(other.all()[2]); });
    CHECK(contains(text, "branch/0 through frame 2"));
    CHECK(contains(text, "frame 3 follows a frame with another hash"));
    CHECK(contains(text, "accounts.db"));
  }
  SUBCASE("when the last handled frame comes again") {
    CHECK(contains(text_of([&] { store->on_frame(other.all()[1]); }), "another hash"));
  }
  SUBCASE("when its end is compared") {
    CHECK(store->check_tail(branch, b.branch_journal.tail()).has_value());
    const core::position longer{frame_sequence{9}, 1};
    CHECK(store->check_tail(branch, longer).has_value());
    const core::position shorter{frame_sequence{1}, core::short_hash(other.all()[0]->hash())};
    CHECK(store->check_tail(branch, shorter).error().code == core::errc::regressed);
    const core::position differs{frame_sequence{2}, core::short_hash(other.all()[1]->hash())};
    CHECK(store->check_tail(branch, differs).error().code == core::errc::chain_broken);
  }
  SUBCASE("a gap is refused") {
    b.branch_journal.append({{deposited, "ann", 1}});
    b.branch_journal.append({{deposited, "ann", 1}});
    CHECK_THROWS_AS(store->on_frame(b.branch_journal.all()[3]), std::logic_error);
  }
  store->flush();
  CHECK(stored_rows(b.views()) == before);
}

TEST_CASE("a projection that throws leaves nothing half applied") {
  struct fragile : accounts {
    explicit fragile(std::shared_ptr<bool> trigger) : fails(std::move(trigger)) {}
    void apply(const fact& event, row& cells) const override {
      accounts::apply(event, cells);
      if (*fails && event.key == "bob") {
        throw std::runtime_error("bob is not welcome");
      }
    }
    std::shared_ptr<bool> fails;
  };
  bank b;
  b.branch_journal.append({{deposited, "ann", 1}});
  b.branch_journal.append({{deposited, "ann", 2}, {deposited, "bob", 3}, {deposited, "ann", 4}});
  const auto fails = std::make_shared<bool>(true);
  projection_store store(b.plan, std::make_unique<fragile>(fails), b.views());
  store.on_frame(b.branch_journal.all()[0]);
  store.on_frame(b.branch_journal.all()[1]);
  store.flush();
  CHECK(text_of([&] { store.on_frame(b.branch_journal.all()[2]); }) == "bob is not welcome");
  CHECK_THROWS_AS(store.flush(), std::logic_error);
  CHECK_THROWS_AS(store.on_frame(b.branch_journal.all()[2]), std::logic_error);
  CHECK(b.check_consistent(b.views()) == 2);

  *fails = false; // the actor is started again with the same consumer
  CHECK(store.handled(branch).sequence == frame_sequence{2});
  b.feed(store);
  store.flush();
  CHECK(stored_rows(b.views()) == b.expected());
}

TEST_CASE("a full disk is reported, and nothing is lost when there is room again") {
  bank b;
  std::vector<entry> many;
  for (int i = 0; i < 5000; ++i) {
    many.push_back({deposited, "account with a long name " + std::to_string(i), i});
  }
  b.branch_journal.append({{deposited, "ann", 1}});
  const auto store = b.open();
  b.feed(*store);
  store->flush();
  b.branch_journal.append(many);
  b.feed(*store);

  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 128 * 1024;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto text = text_of([&] { store->flush(); });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  std::signal(SIGXFSZ, old_handler);

  CHECK(contains(text, "accounts.db: cannot "));
  CHECK(b.check_consistent(b.views()) == 3);
  store->flush();
  CHECK(stored_rows(b.views()) == b.expected());
}

TEST_CASE("a damaged file is reported") {
  const bank b;
  fs::create_directories(b.views());
  std::ofstream(b.views() / "accounts.db") << std::string(8192, 'x');
  const auto text = text_of([&] { static_cast<void>(b.open()); });
  CHECK(contains(text, "accounts.db"));
  CHECK(contains(text, "delete the file"));
}

TEST_CASE("a folder that cannot be made is reported") {
  const bank b;
  std::ofstream(b.data.path() / "views") << "a file";
  CHECK_THROWS(static_cast<void>(b.open()));
}

TEST_CASE("a second writer shuts out the first") {
  bank b;
  b.branch_journal.append({{deposited, "ann", 1}});
  const auto first = b.open();
  b.feed(*first);
  const auto second = b.open();
  CHECK(contains(text_of([&] { first->flush(); }), "took it over"));
  b.feed(*second);
  second->flush();
  CHECK(stored_rows(b.views()) == b.expected());
}

TEST_CASE("integer keys") {
  bank b;
  for (const auto* key : {"10", "9", "-3", "9", "0"}) {
    b.branch_journal.append({{deposited, key, 5}});
  }
  projection_limits limits;
  limits.cache_rows_max = 1;
  limits.dirty_rows_max = 1;
  projection_store store(b.plan, std::make_unique<accounts>(1, true), b.views(), limits);
  b.feed(store);
  store.flush();
  auto reader = runtime::view_reader::open(b.views(), "accounts").value();
  std::vector<std::int64_t> keys;
  CHECK(reader.list({}, [&](const auto& row) { keys.push_back(std::get<std::int64_t>(row[0])); }).has_value());
  CHECK(keys == std::vector<std::int64_t>{-3, 0, 9, 10});
  CHECK(std::get<std::int64_t>((*reader.find("9").value())[1]) == 10);

  SUBCASE("must be numbers") {
    b.branch_journal.append({{deposited, "ann", 5}});
    CHECK(contains(text_of([&] { b.feed(store); }), "\"ann\""));
  }
  SUBCASE("have one spelling") {
    b.branch_journal.append({{deposited, "009", 5}});
    CHECK(contains(text_of([&] { b.feed(store); }), "\"009\""));
  }
}

TEST_CASE("a projection is refused when it cannot be kept") {
  struct odd : accounts {
    [[nodiscard]] std::string_view name() const override {
      return name_;
    }
    [[nodiscard]] std::span<const column> columns() const override {
      return columns_;
    }
    [[nodiscard]] std::vector<event_type_id> inputs() const override {
      return inputs_;
    }
    std::string name_ = "accounts";
    std::vector<column> columns_{{"account", "text"}};
    std::vector<event_type_id> inputs_{deposited};
  };
  const bank b;
  const auto refused = [&](auto change) {
    auto model = std::make_unique<odd>();
    change(*model);
    CHECK_THROWS_AS(projection_store(b.plan, std::move(model), b.views()), std::invalid_argument);
  };
  refused([](odd& o) { o.name_ = "../accounts"; });
  refused([](odd& o) { o.name_ = "reel_positions"; });
  refused([](odd& o) { o.columns_.clear(); });
  refused([](odd& o) { o.columns_[0].type = "real"; });
  refused([](odd& o) { o.columns_.push_back({"photo", "blob"}); });
  refused([](odd& o) { o.inputs_ = {unknown_to_program}; });
}

TEST_CASE("a projection that breaks its own columns is told so") {
  struct wrong : accounts {
    explicit wrong(int how) : how_(how) {}
    void apply(const fact& event, row& cells) const override {
      accounts::apply(event, cells);
      if (how_ == 0) {
        cells[1] = std::string("much");
      } else if (how_ == 1) {
        cells[0] = std::string("somebody else");
      } else {
        cells.emplace_back();
      }
    }
    int how_;
  };
  const auto error_of = [](int how) {
    bank b;
    b.branch_journal.append({{deposited, "ann", 1}});
    projection_store store(b.plan, std::make_unique<wrong>(how), b.views());
    return text_of([&] {
      b.feed(store);
      store.flush();
    });
  };
  CHECK(contains(error_of(0), "column balance holds an integer, its projection wrote text"));
  CHECK(contains(error_of(1), "changed the key of row ann"));
  CHECK(contains(error_of(2), "a row of 6"));
}
