#include "transport/embedded/read_only_log.hpp"

#include "transport/chain.hpp"

namespace reel::transport {

core::expected<std::unique_ptr<read_only_log>> read_only_log::create(embedded_options options) {
  auto db = open_for_reading(options);
  if (!db) {
    return tl::unexpected(db.error());
  }
  auto rows = frame_rows::open(std::move(*db), options.registry);
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  return std::unique_ptr<read_only_log>(new read_only_log(std::move(options), std::move(*rows)));
}

log_features read_only_log::features() const {
  return {.durable = true, .shared = true, .deterministic = false};
}

core::expected<journal_tail> read_only_log::open(const core::genesis_record& genesis) {
  const auto id = journal_id_of(genesis);
  const std::lock_guard lock(mutex_);
  const auto number = number_of(id);
  if (!number) {
    return tl::unexpected(number.error());
  }
  const auto first = rows_.read(*number, id, frame_sequence{1}, 1);
  if (!first) {
    return tl::unexpected(first.error());
  }
  if (first->empty()) {
    return core::fail(core::errc::corrupt, "journal " + text_of(id) + " has lost its genesis");
  }
  const auto found = read_genesis(*first->front());
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (auto good = check_genesis(*found, genesis); !good) {
    return tl::unexpected(good.error());
  }
  return rows_.last(*number, id);
}

core::expected<std::vector<journal_description>> read_only_log::journals() {
  const std::lock_guard lock(mutex_);
  const auto stored = rows_.journals();
  if (!stored) {
    return tl::unexpected(stored.error());
  }
  std::vector<journal_description> result;
  for (const auto& j : *stored) {
    result.push_back(j.description);
  }
  return result;
}

void read_only_log::append(journal_id journal, frame_sequence, core::sealed_frame, append_handler done) {
  done({append_outcome::unavailable, frame_sequence{}, "journal " + text_of(journal) + " is opened for reading only"});
}

void read_only_log::read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) {
  core::expected<frames> result;
  {
    const std::lock_guard lock(mutex_);
    const auto number = number_of(journal);
    result = number ? rows_.read(*number, journal, from, bytes_max) : tl::unexpected(number.error());
  }
  done(std::move(result));
}

core::expected<journal_tail> read_only_log::last(journal_id journal) {
  const std::lock_guard lock(mutex_);
  const auto number = number_of(journal);
  if (!number) {
    return tl::unexpected(number.error());
  }
  return rows_.last(*number, journal);
}

std::shared_ptr<void> read_only_log::watch(journal_id, commit_handler) {
  return nullptr;
}

std::uint64_t read_only_log::disk_bytes() const {
  return database_bytes(options_.directory);
}

core::expected<std::int64_t> read_only_log::number_of(journal_id journal) {
  auto number = rows_.number_of(journal);
  if (!number) {
    return tl::unexpected(number.error());
  }
  if (!number->has_value()) {
    return core::fail(core::errc::not_found, "there is no journal " + text_of(journal));
  }
  return **number;
}

} // namespace reel::transport
