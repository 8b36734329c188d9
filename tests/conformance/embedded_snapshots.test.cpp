#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "transport/embedded/embedded_snapshots.hpp"
#include "embedded_log_under_test.hpp"

#include <fstream>

namespace reel::conformance {

namespace {

using transport::embedded_snapshots;

constexpr journal_id orders{0x01020304};
constexpr journal_id payment{0x05060708};

transport::snapshot snapshot_at(journal_id journal, std::uint64_t sequence) {
  return {journal, frame_sequence{sequence}, {sequence, 2, 3, 4}, std::string(sequence * 100, 'x')};
}

/// Each is stored before the next comes: a waiting one would be replaced.
void store(const std::filesystem::path& directory, const std::vector<transport::snapshot>& all) {
  for (const auto& s : all) {
    embedded_snapshots snapshots(directory);
    snapshots.put(s);
  }
}

std::vector<std::uint64_t> sequences_of(const std::filesystem::path& directory, journal_id journal) {
  embedded_snapshots snapshots(directory);
  std::vector<std::uint64_t> result;
  const auto found = snapshots.load(journal);
  REQUIRE(found.has_value());
  for (const auto& s : *found) {
    result.push_back(static_cast<std::uint64_t>(s.sequence));
    CHECK(s.journal == journal);
    CHECK(s.hash == snapshot_at(journal, result.back()).hash);
    CHECK(s.bytes == snapshot_at(journal, result.back()).bytes);
  }
  return result;
}

std::filesystem::path newest_file(const std::filesystem::path& directory) {
  std::filesystem::path newest;
  for (const auto& file : std::filesystem::directory_iterator(directory / "snapshots")) {
    newest = std::max(newest, file.path());
  }
  return newest;
}

} // namespace

TEST_CASE("a directory without snapshots has none") {
  const temporary_directory directory;
  CHECK(sequences_of(directory.path(), orders).empty());
}

TEST_CASE("the newest two of each journal are kept, newest first") {
  const temporary_directory directory;
  store(directory.path(),
        {snapshot_at(orders, 7), snapshot_at(orders, 300), snapshot_at(payment, 5), snapshot_at(orders, 9)});
  CHECK(sequences_of(directory.path(), orders) == std::vector<std::uint64_t>{300, 9});
  CHECK(sequences_of(directory.path(), payment) == std::vector<std::uint64_t>{5});
}

TEST_CASE("a damaged snapshot is skipped, the one before it is used") {
  for (const std::size_t at : {0, 4, 8, 20, 50, 60, 64, 500}) {
    CAPTURE(at);
    const temporary_directory directory;
    store(directory.path(), {snapshot_at(orders, 7), snapshot_at(orders, 8)});
    std::fstream file(newest_file(directory.path()), std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    file.close();
    CHECK(sequences_of(directory.path(), orders) == std::vector<std::uint64_t>{7});
  }
}

TEST_CASE("a cut snapshot is skipped") {
  for (const std::size_t size : {0, 10, 64, 700}) {
    CAPTURE(size);
    const temporary_directory directory;
    store(directory.path(), {snapshot_at(orders, 7), snapshot_at(orders, 8)});
    std::filesystem::resize_file(newest_file(directory.path()), size);
    CHECK(sequences_of(directory.path(), orders) == std::vector<std::uint64_t>{7});
  }
}

TEST_CASE("an unfinished file is no snapshot") {
  const temporary_directory directory;
  store(directory.path(), {snapshot_at(orders, 7)});
  const auto file = newest_file(directory.path());
  std::filesystem::copy_file(file, file.string() + ".new");
  CHECK(sequences_of(directory.path(), orders) == std::vector<std::uint64_t>{7});
}

} // namespace reel::conformance
