#include "transport/nats/broker_log.hpp"

#include "transport/chain.hpp"
#include "transport/nats/genesis.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>

#include <pthread.h>

namespace reel::transport {

namespace {

constexpr std::chrono::milliseconds look_every{100};
constexpr std::chrono::milliseconds retry_first{10};
constexpr std::chrono::milliseconds retry_last{500};

} // namespace

broker_log::opened::opened(broker_log& log, std::unique_ptr<journal> opened_journal)
    : source(std::move(opened_journal)), stored(*log.connection_, log.counters_, *source),
      checked(*log.connection_, log.counters_, *source, log.options_.regression_wait),
      follow(*log.connection_, log.counters_, *source, log.options_.silence_max,
             [&log](journal& j) { log.check_later(*log.at(j.index())); }) {}

core::expected<std::unique_ptr<broker_log>> broker_log::create(nats_options options) {
  std::unique_ptr<broker_log> log(new broker_log(std::move(options)));
  if (auto good = log->connect(); !good) {
    return tl::unexpected(good.error());
  }
  return log;
}

broker_log::broker_log(nats_options options) : options_(std::move(options)), table_(options_.tail_cache_bytes) {}

core::expected<void> broker_log::connect() {
  auto connected = connection::open(options_, counters_);
  if (!connected) {
    return tl::unexpected(connected.error());
  }
  connection_ = std::move(*connected);
  publisher_ = std::make_unique<publisher>(
      *connection_, [this](std::uint32_t index, std::uint64_t ticket, const publish_answer& answer) {
        if (auto* o = at(index)) {
          o->source->on_answer(ticket, answer);
        }
      });
  if (auto good = publisher_->start(); !good) {
    return good;
  }
  connection_->on_change([this](bool up) { on_connection(up); });
  looks_after_ = std::thread([this] { look_after(); });
  ::pthread_setname_np(looks_after_.native_handle(), "nats-watch");
  return {};
}

// Whoever may call a handler is stopped first, then everything under way is answered.
broker_log::~broker_log() {
  if (connection_ == nullptr) {
    return;
  }
  connection_->on_change(nullptr);
  {
    const std::lock_guard lock(looking_mutex_);
    closing_ = true;
  }
  looking_.notify_all();
  if (looks_after_.joinable()) {
    looks_after_.join();
  }
  for (auto& r : readers_) {
    r.close();
  }
  for (auto& r : readers_) {
    r.stop(); // one of them might be making a follower anew
  }
  for (auto* o : all()) {
    o->follow.stop();
  }
  if (publisher_ != nullptr) {
    publisher_->stop();
  }
  for (auto* o : all()) {
    o->source->abandon("the log was closed");
  }
}

log_features broker_log::features() const {
  return {.durable = !options_.in_memory, .shared = true, .deterministic = false, .bounded = true};
}

// -- opening ----------------------------------------------------------------------------------------------------------

core::expected<journal_tail> broker_log::open(const core::genesis_record& genesis) {
  return open_patiently(genesis, 0);
}

core::expected<journal_tail> broker_log::open_bounded(const core::genesis_record& genesis, const bounded_journal& how) {
  if (!how.create && find(journal_id_of(genesis)) == nullptr) {
    const auto names = names_of(options_.prefix, genesis.service, genesis.partition);
    if (const auto there = ask_stream(connection_->jetstream(), names.stream); !there) {
      return tl::unexpected(there.error());
    }
  }
  return open_patiently(genesis, how.frames_max);
}

core::expected<journal_tail> broker_log::open_patiently(const core::genesis_record& genesis, std::uint64_t frames_max) {
  const std::lock_guard one_at_a_time(opening_);
  auto* known = find(journal_id_of(genesis));
  const auto limit = std::chrono::steady_clock::now() + options_.start_wait;
  auto wait = retry_first;
  while (true) {
    auto tail = known != nullptr ? open_again(*known, genesis) : open_new(genesis, frames_max);
    const bool may_work_later = !tail && tail.error().code == core::errc::unavailable;
    if (!may_work_later || std::chrono::steady_clock::now() > limit) {
      return tail;
    }
    spdlog::warn("nats.open_retry journal={} error=\"{}\"", core::journal_name(genesis.service, genesis.partition),
                 tail.error().what);
    nats_Sleep(wait.count());
    wait = std::min(wait * 2, retry_last);
  }
}

core::expected<journal_tail> broker_log::open_new(const core::genesis_record& genesis, std::uint64_t frames_max) {
  const bool bounded = frames_max > 0;
  const auto names = names_of(options_.prefix, genesis.service, genesis.partition);
  auto state = ensure_stream(connection_->jetstream(), options_, names, frames_max);
  if (!state) {
    return tl::unexpected(state.error());
  }
  if (state->last_sequence == 0) {
    auto created = genesis;
    created.incarnation = created.incarnation == 0 ? random_incarnation() : created.incarnation;
    const auto first = seal_genesis(created, options_.now());
    const auto written = write_genesis(*connection_, names, first, options_.append_timeout);
    if (!written) {
      return tl::unexpected(written.error());
    }
    if (*written) {
      const journal_tail tail{first.decoded->sequence(), first.decoded->hash()};
      add(created, names, state->replicas, tail, bounded);
      return tail;
    }
    state = ask_stream(connection_->jetstream(), names.stream);
    if (!state) {
      return tl::unexpected(state.error());
    }
  }
  const auto last = std::max<std::uint64_t>(state->last_sequence, 1);
  auto stored = bounded ? load_bounded_journal(connection_->jetstream(), names.stream, last)
                        : load_journal(connection_->jetstream(), names.stream, last);
  if (!stored) {
    return tl::unexpected(stored.error());
  }
  if (auto good = check_genesis(stored->genesis, genesis); !good) {
    return tl::unexpected(good.error());
  }
  add(stored->genesis, names, state->replicas, stored->tail, bounded);
  return stored->tail;
}

core::expected<journal_tail> broker_log::open_again(opened& o, const core::genesis_record& genesis) {
  if (auto good = check_genesis(table_.genesis(o.source->entry()), genesis); !good) {
    return tl::unexpected(good.error());
  }
  std::promise<core::expected<void>> answer;
  reading_thread(o).post([&](bool closing) {
    answer.set_value(closing ? core::fail(core::errc::io, "the log is being closed") : o.checked.run());
  });
  if (auto good = answer.get_future().get(); !good) {
    return tl::unexpected(good.error());
  }
  return o.source->tail();
}

broker_log::opened& broker_log::add(const core::genesis_record& genesis, const stream_names& names,
                                    std::uint32_t replicas, const journal_tail& tail, bool bounded) {
  auto* entry = table_.prepare(genesis);
  table_.jump(*entry, tail);
  const std::unique_lock lock(mutex_);
  journal::settings settings;
  settings.in_flight_max = replicas > 1 ? 1 : options_.appends_in_flight_max;
  settings.timeout = options_.append_timeout;
  settings.frame_bytes_max = options_.frame_bytes_max;
  settings.bounded = bounded;
  settings.registry = options_.registry;
  const auto index = static_cast<std::uint32_t>(opened_.size());
  auto source = std::make_unique<journal>(
      index, names, table_, *entry, counters_, settings,
      [this](journal& from, outgoing_frame frame) { publisher_->send(from, std::move(frame)); });
  opened_.push_back(std::make_unique<opened>(*this, std::move(source)));
  by_id_[entry->id] = opened_.back().get();
  return *opened_.back();
}

core::expected<std::vector<journal_description>> broker_log::journals() {
  const std::lock_guard one_at_a_time(opening_);
  auto streams = list_streams(connection_->jetstream(), options_.prefix);
  if (!streams) {
    return tl::unexpected(streams.error());
  }
  std::vector<journal_description> result;
  for (const auto& s : *streams) {
    if (s.state.last_sequence == 0) {
      continue; // somebody is about to write its genesis
    }
    auto stored = load_journal(connection_->jetstream(), s.stream, s.state.last_sequence);
    if (!stored) {
      return tl::unexpected(stored.error());
    }
    const auto id = journal_id_of(stored->genesis);
    if (find(id) == nullptr) { // so that it can be read
      const auto names = names_of(options_.prefix, stored->genesis.service, stored->genesis.partition);
      add(stored->genesis, names, s.state.replicas, stored->tail, false);
    }
    result.push_back({id, stored->genesis, stored->tail});
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return std::tie(a.genesis.service, a.genesis.partition) < std::tie(b.genesis.service, b.genesis.partition);
  });
  return result;
}

broker_log::opened* broker_log::find(journal_id id) const {
  const std::shared_lock lock(mutex_);
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

broker_log::opened* broker_log::at(std::uint32_t index) const {
  const std::shared_lock lock(mutex_);
  return index < opened_.size() ? opened_[index].get() : nullptr;
}

std::vector<broker_log::opened*> broker_log::all() const {
  std::vector<opened*> result;
  const std::shared_lock lock(mutex_);
  for (const auto& o : opened_) {
    result.push_back(o.get());
  }
  return result;
}

worker& broker_log::reading_thread(const opened& o) {
  return readers_[o.source->index() % readers_.size()];
}

// -- appending and reading --------------------------------------------------------------------------------------------

void broker_log::append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame,
                        append_handler done) {
  auto* o = find(journal);
  if (o == nullptr) {
    done({append_outcome::unavailable, {}, "journal " + text_of(journal) + " is not open"});
    return;
  }
  o->source->append(expected_last, std::move(frame), std::move(done), connection_->connected());
}

void broker_log::read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) {
  auto* o = find(journal);
  if (o == nullptr) {
    done(core::fail(core::errc::not_found, "journal " + text_of(journal) + " is not open"));
    return;
  }
  if (auto why = o->source->halted()) {
    done(tl::unexpected(std::move(*why)));
    return;
  }
  from = std::max(from, frame_sequence{1});
  if (!o->source->doubtful() && from <= o->source->tail().sequence) {
    if (auto found = table_.read(o->source->entry(), from, bytes_max)) {
      done(std::move(*found));
      return;
    }
  }
  reading_thread(*o).post([this, o, from, bytes_max, done = std::move(done)](bool closing) {
    if (closing) {
      done(core::fail(core::errc::unavailable, "the log is being closed"));
    } else {
      read_until_answered(*o, from, bytes_max, done);
    }
  });
}

// While the broker is away a reader waits: there is nothing better that it could do.
void broker_log::read_until_answered(opened& from, frame_sequence first, std::size_t bytes_max,
                                     const read_handler& done) {
  auto wait = retry_first;
  while (true) {
    auto found = read_now(from, first, bytes_max);
    const bool may_work_later = !found && found.error().code == core::errc::unavailable;
    if (!may_work_later) {
      done(std::move(found));
      return;
    }
    const auto level = wait < retry_last ? spdlog::level::debug : spdlog::level::warn;
    spdlog::log(level, "nats.read_retry stream={} error=\"{}\"", from.source->names().stream, found.error().what);
    if (reading_thread(from).closed_after(wait)) {
      done(core::fail(core::errc::unavailable, "the log is being closed"));
      return;
    }
    wait = std::min(wait * 2, retry_last);
  }
}

core::expected<frames> broker_log::read_now(opened& from, frame_sequence first, std::size_t bytes_max) {
  auto& source = *from.source;
  if (auto why = source.halted()) {
    return tl::unexpected(*why);
  }
  if (!connection_->connected()) {
    return core::fail(core::errc::unavailable, "no broker is connected");
  }
  if (source.doubtful() || first > source.tail().sequence) {
    if (auto good = from.checked.run(); !good) {
      return tl::unexpected(good.error());
    }
  }
  if (first > source.tail().sequence) {
    return frames{};
  }
  if (auto found = table_.read(source.entry(), first, bytes_max)) {
    return std::move(*found);
  }
  if (source.bounded()) {
    return read_newest(from);
  }
  auto found = from.stored.read(first, bytes_max);
  if (found && found->empty()) {
    source.doubt(true);
    return core::fail(core::errc::unavailable, "stream " + source.names().stream + " has no message there");
  }
  if (!found && found.error().code != core::errc::unavailable) {
    source.halt(found.error());
  }
  return found;
}

// What was asked for may be gone already; the newest frame is what readers of a bounded journal want.
core::expected<frames> broker_log::read_newest(opened& from) {
  auto& source = *from.source;
  const auto last = static_cast<std::uint64_t>(source.tail().sequence);
  auto message = get_message(connection_->jetstream(), source.names().stream, last);
  if (!message) {
    source.doubt(true);
    return core::fail(core::errc::unavailable, message.error().what);
  }
  auto frame = source.decode(data_of(message->get()), last);
  if (!frame) {
    source.halt(frame.error());
    return tl::unexpected(frame.error());
  }
  return frames{std::move(*frame)};
}

core::expected<journal_tail> broker_log::last(journal_id journal) {
  const auto* o = find(journal);
  if (o == nullptr) {
    return core::fail(core::errc::not_found, "journal " + text_of(journal) + " is not open");
  }
  return o->source->tail();
}

std::shared_ptr<void> broker_log::watch(journal_id journal, commit_handler on_commit) {
  auto* o = find(journal);
  if (o == nullptr) {
    return nullptr;
  }
  auto handle = table_.watch(o->source->entry(), std::move(on_commit));
  if (!o->watched.exchange(true)) {
    restart_later(*o);
  }
  return handle;
}

// -- looking after the journals ---------------------------------------------------------------------------------------

void broker_log::on_connection(bool connected) {
  for (auto* o : all()) {
    o->source->doubt(true); // the broker may come back with less than it had
    if (connected) {
      o->follow.ask_again();
    } else {
      o->source->abandon("the connection to the broker was lost");
    }
  }
  looking_.notify_all();
}

void broker_log::look_after() {
  std::unique_lock lock(looking_mutex_);
  while (!closing_) {
    looking_.wait_for(lock, look_every);
    lock.unlock();
    const auto now = std::chrono::steady_clock::now();
    for (auto* o : all()) {
      o->source->expire(now);
      if (!o->watched || !connection_->connected() || o->source->halted()) {
        continue;
      }
      if (now < o->not_before.load()) {
        continue; // it failed a moment ago
      }
      if (o->source->doubtful()) {
        check_later(*o);
      }
      if (o->follow.needs_restart(now)) {
        restart_later(*o);
      }
    }
    lock.lock();
  }
}

void broker_log::check_later(opened& o) {
  if (o.checking.exchange(true)) {
    return;
  }
  reading_thread(o).post([this, &o](bool closing) {
    if (!closing) {
      note_attempt(o, "check", o.checked.run());
    }
    o.checking = false;
  });
}

// Consumers are made by the cluster's leader, which may be away for longer than the stream's own. Until it is back the
// stream's leader is asked now and then.
void broker_log::restart_later(opened& o) {
  if (o.restarting.exchange(true)) {
    return;
  }
  reading_thread(o).post([this, &o](bool closing) {
    if (!closing && connection_->connected()) {
      auto restarted = o.follow.restart();
      if (!restarted) {
        (void)o.checked.run(); // a halted journal says so itself
      }
      note_attempt(o, "follow", restarted);
    }
    o.restarting = false;
  });
}

void broker_log::note_attempt(opened& o, const char* what, const core::expected<void>& result) {
  if (result || result.error().code != core::errc::unavailable) {
    o.retry_wait = retry_first;
    return;
  }
  o.retry_wait = std::min(o.retry_wait * 2, retry_last);
  o.not_before = std::chrono::steady_clock::now() + o.retry_wait;
  const auto level = o.retry_wait < retry_last ? spdlog::level::debug : spdlog::level::warn;
  spdlog::log(level, "nats.{}_failed stream={} error=\"{}\" retry_ms={}", what, o.source->names().stream,
              result.error().what, o.retry_wait.count());
}

} // namespace reel::transport
