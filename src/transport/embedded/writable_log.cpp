#include "transport/embedded/writable_log.hpp"

#include "transport/chain.hpp"

#include <algorithm>
#include <cerrno>
#include <future>
#include <system_error>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

namespace reel::transport {

namespace {

std::uint64_t random_incarnation() {
  std::uint64_t value = 0;
  while (value == 0) {
    if (::getrandom(&value, sizeof(value), 0) != sizeof(value)) {
      value = 0; // interrupted by a signal
    }
  }
  return value;
}

// A new directory is durable only when the directory above it is.
core::expected<void> create_synced(const std::filesystem::path& path) {
  std::error_code failed;
  if (path.empty() || std::filesystem::is_directory(path, failed)) {
    return {};
  }
  const auto above = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  if (auto good = create_synced(above); !good) {
    return good;
  }
  std::filesystem::create_directory(path, failed);
  if (failed) {
    return core::fail(core::errc::io, "creating directory " + path.string() + ": " + failed.message());
  }
  const int folder = ::open(above.empty() ? "." : above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  const int error = errno;
  if (folder >= 0) {
    ::close(folder);
  }
  if (!synced) {
    return core::fail(core::errc::io,
                      "syncing directory " + above.string() + ": " + std::generic_category().message(error));
  }
  return {};
}

} // namespace

core::expected<std::unique_ptr<writable_log>> writable_log::create(embedded_options options) {
  if (auto created = create_synced(options.directory); !created) {
    return tl::unexpected(created.error());
  }
  auto lock = directory_lock::take(options.directory);
  if (!lock) {
    return tl::unexpected(lock.error());
  }
  auto writer_db = open_for_writing(options);
  if (!writer_db) {
    return tl::unexpected(writer_db.error());
  }
  auto checkpoint_db = open_for_writing(options);
  if (!checkpoint_db) {
    return tl::unexpected(checkpoint_db.error());
  }
  auto reader_db = open_for_reading(options);
  if (!reader_db) {
    return tl::unexpected(reader_db.error());
  }
  auto rows = frame_rows::open(std::move(*reader_db), options.registry);
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  const auto stored = rows->journals();
  if (!stored) {
    return tl::unexpected(stored.error());
  }
  std::unique_ptr<writable_log> result(new writable_log(std::move(options), std::move(*lock)));
  for (const auto& j : *stored) {
    result->journals_.add(j.number, j.description.genesis, j.description.tail);
  }
  auto writer =
      commit_writer::start(std::move(*writer_db), std::move(*checkpoint_db), result->journals_, result->options_);
  if (!writer) {
    return tl::unexpected(writer.error());
  }
  result->writer_ = std::move(*writer);
  result->reader_ = std::make_unique<storage_reader>(std::move(*rows));
  return result;
}

writable_log::writable_log(embedded_options options, directory_lock lock)
    : options_(std::move(options)), lock_(std::move(lock)), journals_(options_.tail_cache_bytes) {}

writable_log::~writable_log() {
  reader_.reset(); // before the writer, whose last act needs the database to itself
  writer_.reset();
}

log_features writable_log::features() const {
  return {.durable = true, .shared = false, .deterministic = false};
}

core::expected<journal_tail> writable_log::open(const core::genesis_record& genesis) {
  const std::lock_guard one_at_a_time(opening_);
  auto created = genesis;
  if (created.incarnation == 0) {
    created.incarnation = random_incarnation();
  }
  auto* journal = journals_.prepare(created);
  auto tail = journals_.tail(*journal);
  if (tail.sequence != frame_sequence{}) {
    if (auto good = check_genesis(journals_.genesis(*journal), genesis); !good) {
      return tl::unexpected(good.error());
    }
    return tail;
  }
  std::promise<append_result> answer;
  writer_->append(*journal, frame_sequence{}, seal_genesis(created, options_.now()),
                  [&answer](append_result result) { answer.set_value(std::move(result)); });
  const auto result = answer.get_future().get();
  if (result.outcome != append_outcome::committed) {
    return core::fail(core::errc::unavailable, "creating journal " +
                                                   core::journal_name(genesis.service, genesis.partition) + ": " +
                                                   result.detail);
  }
  return journals_.tail(*journal);
}

core::expected<std::vector<journal_description>> writable_log::journals() {
  auto result = journals_.describe();
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return std::tie(a.genesis.service, a.genesis.partition) < std::tie(b.genesis.service, b.genesis.partition);
  });
  return result;
}

void writable_log::append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame,
                          append_handler done) {
  auto* entry = journals_.find(journal);
  if (entry == nullptr) {
    done({append_outcome::unavailable, frame_sequence{}, "journal " + text_of(journal) + " is not open"});
    return;
  }
  writer_->append(*entry, expected_last, std::move(frame), std::move(done));
}

void writable_log::read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) {
  const auto* entry = journals_.find(journal);
  if (entry == nullptr) {
    done(core::fail(core::errc::not_found, "journal " + text_of(journal) + " is not open"));
    return;
  }
  if (auto found = journals_.read(*entry, from, bytes_max)) {
    done(std::move(*found));
    return;
  }
  reader_->read(entry->number, journal, from, bytes_max, std::move(done));
}

core::expected<journal_tail> writable_log::last(journal_id journal) {
  const auto* entry = journals_.find(journal);
  if (entry == nullptr) {
    return core::fail(core::errc::not_found, "journal " + text_of(journal) + " is not open");
  }
  return journals_.tail(*entry);
}

std::shared_ptr<void> writable_log::watch(journal_id journal, commit_handler on_commit) {
  auto* entry = journals_.find(journal);
  return entry == nullptr ? nullptr : journals_.watch(*entry, std::move(on_commit));
}

std::uint64_t writable_log::disk_bytes() const {
  return database_bytes(options_.directory);
}

} // namespace reel::transport
