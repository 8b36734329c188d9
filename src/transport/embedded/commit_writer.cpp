#include "transport/embedded/commit_writer.hpp"

#include "transport/chain.hpp"

#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <algorithm>

#include <pthread.h>

namespace reel::transport {

namespace {

// Which of a group's requests goes into the transaction is marked by its provisional outcome.
constexpr auto staged = append_outcome::committed;

int on_wal_commit(void* to, sqlite3*, const char*, int wal_pages) {
  static_cast<checkpointer*>(to)->on_commit(wal_pages);
  return SQLITE_OK;
}

} // namespace

core::expected<std::unique_ptr<commit_writer>> commit_writer::start(sqlite::database db, sqlite::database checkpoint_db,
                                                                    journal_table& journals,
                                                                    const embedded_options& options) {
  std::unique_ptr<commit_writer> writer(new commit_writer(std::move(db), std::move(checkpoint_db), journals, options));
  struct text_of_statement {
    sqlite::statement* target;
    std::string_view text;
  };
  for (const auto& s :
       {text_of_statement{&writer->begin_, "BEGIN IMMEDIATE"}, text_of_statement{&writer->commit_, "COMMIT"},
        text_of_statement{&writer->insert_frame_, "INSERT INTO frames(row, bytes) VALUES(?, ?)"},
        text_of_statement{&writer->insert_journal_, "INSERT INTO journals(number, id, name) VALUES(?, ?, ?)"}}) {
    auto prepared = sqlite::statement::prepare(writer->db_, s.text);
    if (!prepared) {
      return tl::unexpected(prepared.error());
    }
    *s.target = std::move(*prepared);
  }
  writer->thread_ = std::thread([w = writer.get()] { w->run(); });
  return writer;
}

commit_writer::commit_writer(sqlite::database db, sqlite::database checkpoint_db, journal_table& journals,
                             const embedded_options& options)
    : db_(std::move(db)), journals_(&journals), directory_(options.directory),
      group_bytes_max_(options.group_bytes_max),
      checkpointer_(
          std::make_unique<checkpointer>(std::move(checkpoint_db), options.page_bytes, options.checkpoint_bytes)) {
  sqlite3_wal_hook(db_.handle(), on_wal_commit, checkpointer_.get());
}

commit_writer::~commit_writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
  sqlite3_wal_hook(db_.handle(), nullptr, nullptr);
  const bool device_failed = failure_.has_value() || checkpointer_->failed();
  checkpointer_.reset();
  if (!device_failed) {
    // Leaves a database at rest with an empty write-ahead log. Without success the next open does it.
    sqlite3_wal_checkpoint_v2(db_.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  }
}

void commit_writer::append(journal_table::entry& journal, frame_sequence expected_last, core::sealed_frame frame,
                           append_handler done) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = queue_.empty();
    queue_.push_back({&journal, expected_last, std::move(frame), std::move(done), {}});
  }
  if (was_empty) {
    changed_.notify_one();
  }
}

void commit_writer::run() {
  ::pthread_setname_np(::pthread_self(), "log-writer");
  std::vector<request> requests;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) {
        return;
      }
      requests.swap(queue_);
    }
    for (group rest(requests); !rest.empty();) {
      std::size_t count = 0;
      for (std::size_t bytes = 0; count < rest.size() && (count == 0 || bytes < group_bytes_max_); ++count) {
        bytes += rest[count].frame.stored->size();
      }
      commit(rest.first(count));
      rest = rest.subspan(count);
    }
    requests.clear();
  }
}

void commit_writer::commit(group requests) {
  if (!failure_ && !checkpointer_->finish(db_)) {
    fail({core::errc::io, "moving frames into the database failed"});
  }
  if (failure_) {
    refuse(requests, append_outcome::unavailable, *failure_);
  } else if (stage(requests) > 0) {
    if (store(requests)) {
      publish(requests);
    } else {
      roll_back(requests);
    }
  }
  answer(requests);
  for (auto* journal : touched_) {
    journals_->notify(*journal);
  }
  touched_.clear();
}

std::size_t commit_writer::stage(group requests) {
  std::size_t accepted = 0;
  for (auto& r : requests) {
    auto& tail = r.journal->staged;
    if (auto why = refuses(tail, r.journal->id, r.expected_last, *r.frame.decoded)) {
      r.result = {append_outcome::conflict, frame_sequence{}, std::move(*why)};
      continue;
    }
    tail = {r.frame.decoded->sequence(), r.frame.decoded->hash()};
    r.result.outcome = staged;
    ++accepted;
  }
  return accepted;
}

bool commit_writer::store(group requests) {
  const auto run = [](sqlite::statement& s) {
    const sqlite::resetting end(s);
    return s.step() == sqlite::statement::outcome::done;
  };
  if (!run(begin_)) {
    return false;
  }
  for (const auto& r : requests) {
    if (r.result.outcome == staged && !insert(r)) {
      return false;
    }
  }
  return run(commit_);
}

bool commit_writer::insert(const request& r) {
  const auto sequence = r.frame.decoded->sequence();
  if (sequence == frame_sequence{1}) {
    const auto genesis = journals_->genesis(*r.journal);
    const auto name = core::journal_name(genesis.service, genesis.partition);
    const sqlite::resetting end(insert_journal_);
    insert_journal_.bind(1, r.journal->number);
    insert_journal_.bind(2, static_cast<std::int64_t>(r.journal->id));
    insert_journal_.bind(3, name);
    if (insert_journal_.step() != sqlite::statement::outcome::done) {
      return false;
    }
  }
  const sqlite::resetting end(insert_frame_);
  insert_frame_.bind(1, row_of(r.journal->number, sequence));
  insert_frame_.bind(2, r.frame.stored->view());
  return insert_frame_.step() == sqlite::statement::outcome::done;
}

void commit_writer::publish(group requests) {
  for (auto& r : requests) {
    if (r.result.outcome == staged) {
      journals_->committed(*r.journal, r.frame.decoded);
      if (std::find(touched_.begin(), touched_.end(), r.journal) == touched_.end()) {
        touched_.push_back(r.journal);
      }
    }
  }
}

void commit_writer::roll_back(group requests) {
  const auto failure = db_.last_failure();
  const auto error = db_.last_error("appending " + std::to_string(requests.size()) + " frames");
  if (db_.in_transaction()) {
    if (const auto good = db_.run("ROLLBACK"); !good) {
      fail(good.error());
    }
  }
  auto outcome = failure == sqlite::failure::late ? append_outcome::unknown : append_outcome::unavailable;
  if (failure == sqlite::failure::device) {
    fail(error);
    outcome = append_outcome::unknown; // the frames may be in the write-ahead log, whole, all the same
  }
  for (auto& r : requests) {
    r.journal->staged = journals_->tail(*r.journal);
    if (r.result.outcome == staged) {
      r.result = {outcome, frame_sequence{}, error.what};
    }
  }
}

void commit_writer::refuse(group requests, append_outcome outcome, const std::string& detail) {
  for (auto& r : requests) {
    r.result = {outcome, frame_sequence{}, detail};
  }
}

void commit_writer::answer(group requests) {
  for (auto& r : requests) {
    r.result.last = r.result.outcome == append_outcome::committed ? r.frame.decoded->sequence()
                                                                  : journals_->tail(*r.journal).sequence;
    r.done(std::move(r.result));
  }
}

void commit_writer::fail(const core::error& error) {
  if (!failure_) {
    failure_ =
        "the log in " + directory_.string() + " takes no more frames after a failure of its storage: " + error.what;
    spdlog::critical("log.failed directory={} error=\"{}\"", directory_.string(), error.what);
  }
}

} // namespace reel::transport
