#include "transport/embedded/writable_log.hpp"

#include "transport/chain.hpp"

#include <algorithm>
#include <future>

namespace reel::transport {

core::expected<std::unique_ptr<writable_log>> writable_log::create(embedded_options options) {
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed) {
    return core::fail(core::errc::io, "creating directory " + options.directory.string() + ": " + failed.message());
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
  auto* journal = journals_.prepare(genesis);
  auto tail = journals_.tail(*journal);
  if (tail.sequence != frame_sequence{}) {
    if (auto good = check_genesis(journals_.genesis(*journal), genesis); !good) {
      return tl::unexpected(good.error());
    }
    return tail;
  }
  std::promise<append_result> answer;
  writer_->append(*journal, frame_sequence{}, seal_genesis(genesis, options_.now()),
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
