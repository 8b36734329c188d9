#include "transport/simulated/simulated_log.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::transport {

namespace {

tl::unexpected<core::error> differs(const std::string& journal, const std::string& field, const std::string& found,
                                    const std::string& wanted) {
  return core::fail(core::errc::mismatch,
                    "journal " + journal + ": its " + field + " is " + found + ", this program expects " + wanted);
}

core::expected<void> check_genesis(const core::genesis_record& found, const core::genesis_record& wanted) {
  const auto name = core::journal_name(wanted.service, wanted.partition);
  if (found.cluster != wanted.cluster) {
    return differs(name, "cluster", found.cluster, wanted.cluster);
  }
  if (found.partitions != wanted.partitions) {
    return differs(name, "partition count", std::to_string(found.partitions), std::to_string(wanted.partitions));
  }
  return {};
}

} // namespace

journal_tail simulated_storage::journal::tail() const {
  return frames.empty() ? journal_tail{} : journal_tail{frames.back()->sequence(), frames.back()->hash()};
}

simulated_log::simulated_log(simulated_storage& storage, const simulated_options& options, std::uint64_t seed)
    : storage_(&storage), options_(options), random_(seed) {
  storage.logs.push_back(this);
}

simulated_log::~simulated_log() {
  std::erase(storage_->logs, this);
  for (auto& [journal, queue] : appends_) {
    for (auto& operation : queue) {
      operation.done({append_outcome::unknown, {}, "the log was closed"});
    }
  }
}

log_features simulated_log::features() const {
  return {.durable = false, .shared = true, .deterministic = true, .bounded = true};
}

core::expected<journal_tail> simulated_log::open(const core::genesis_record& genesis) {
  const auto id = core::journal_id_of(core::journal_name(genesis.service, genesis.partition));
  if (const auto it = storage_->journals.find(id); it != storage_->journals.end()) {
    if (auto same = check_genesis(it->second.genesis, genesis); !same) {
      return tl::unexpected(same.error());
    }
    return it->second.tail();
  }
  auto& journal = storage_->journals[id];
  journal.genesis = genesis;
  journal.genesis.incarnation = random_() | 1U;
  core::frame_builder builder;
  builder.set_genesis(journal.genesis);
  const auto sealed = builder.seal(id, frame_sequence{1}, 0, {}, timestamp{});
  journal.frames.push_back(sealed.decoded);
  return journal.tail();
}

core::expected<journal_tail> simulated_log::open_bounded(const core::genesis_record& genesis,
                                                         const bounded_journal& how) {
  const auto name = core::journal_name(genesis.service, genesis.partition);
  const auto id = core::journal_id_of(name);
  if (!how.create && !storage_->journals.contains(id)) {
    return core::fail(core::errc::not_found, "there is no journal " + name);
  }
  auto tail = open(genesis);
  if (tail) {
    storage_->journals[id].frames_max = how.frames_max;
  }
  return tail;
}

core::expected<std::vector<journal_description>> simulated_log::journals() {
  std::vector<journal_description> all;
  for (const auto& [id, journal] : storage_->journals) {
    if (journal.frames_max == 0) {
      all.push_back({id, journal.genesis, journal.tail()});
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.genesis.service, a.genesis.partition) < std::tie(b.genesis.service, b.genesis.partition);
  });
  return all;
}

core::expected<journal_tail> simulated_log::last(journal_id journal) {
  const auto it = storage_->journals.find(journal);
  if (it == storage_->journals.end()) {
    return core::fail(core::errc::not_found, "no such journal");
  }
  return it->second.tail();
}

void simulated_log::append(journal_id journal, frame_sequence expected_last, core::sealed_frame frame,
                           append_handler done) {
  if (dead_) {
    return;
  }
  if (!storage_->journals.contains(journal)) {
    done({append_outcome::unavailable, {}, "no such journal"});
    return;
  }
  appends_[journal].push_back({expected_last, std::move(frame), std::move(done)});
}

void simulated_log::read(journal_id journal, frame_sequence from, std::size_t bytes_max, read_handler done) {
  if (dead_) {
    return;
  }
  if (chance(options_.slow_reads)) {
    reads_.push_back({journal, from, bytes_max, std::move(done)});
    return;
  }
  done(collect(journal, from, bytes_max));
}

frames simulated_log::collect(journal_id journal, frame_sequence from, std::size_t bytes_max) const {
  frames result;
  const auto it = storage_->journals.find(journal);
  if (it == storage_->journals.end()) {
    return result;
  }
  const auto& stored = it->second.frames;
  const auto first = stored.empty() ? 1 : number(stored.front()->sequence());
  std::size_t bytes = 0;
  for (auto i = std::max(number(from), first) - first; i < stored.size(); ++i) {
    result.push_back(stored[i]);
    bytes += result.back()->raw_size();
    if (bytes >= bytes_max) {
      break;
    }
  }
  return result;
}

std::shared_ptr<void> simulated_log::watch(journal_id journal, commit_handler on_commit) {
  auto w = std::make_shared<watcher>(watcher{journal, std::move(on_commit)});
  watchers_.push_back(w);
  return w;
}

// -- the driver's side ------------------------------------------------------------------------------------------------

std::size_t simulated_log::pending() const {
  std::size_t count = reads_.size() + notices_.size();
  for (const auto& [journal, queue] : appends_) {
    count += queue.size();
  }
  return count;
}

bool simulated_log::chance(std::uint32_t permille) {
  return permille > 0 && random_() % 1000 < permille;
}

void simulated_log::step() {
  const std::size_t choices = appends_.size() + (reads_.empty() ? 0 : 1) + (notices_.empty() ? 0 : 1);
  auto choice = random_() % choices;
  if (choice < appends_.size()) {
    step_append(std::next(appends_.begin(), static_cast<std::ptrdiff_t>(choice))->first);
    return;
  }
  choice -= appends_.size();
  if (choice == 0 && !reads_.empty()) {
    step_read();
  } else {
    step_notice();
  }
}

simulated_counters& simulated_counters::operator+=(const simulated_counters& other) noexcept {
  committed += other.committed;
  conflicts += other.conflicts;
  refused += other.refused;
  lost += other.lost;
  unanswered += other.unanswered;
  return *this;
}

void simulated_log::note(journal_id journal, const append_operation& operation, std::string_view what) const {
  if (!options_.trace) {
    return;
  }
  const auto& frame = *operation.frame.decoded;
  const auto& genesis = storage_->journals.at(journal).genesis;
  options_.trace(core::journal_name(genesis.service, genesis.partition) + ":" +
                 std::to_string(number(frame.sequence())) + " with " + std::to_string(frame.event_count()) +
                 " events " + std::string(what));
}

append_result simulated_log::store(journal_id journal, const append_operation& operation) {
  auto& j = storage_->journals.at(journal);
  const auto tail = j.tail();
  if (tail.sequence != operation.expected_last || operation.frame.decoded->previous() != tail.hash) {
    ++counters_.conflicts;
    note(journal, operation, "conflicts");
    return {append_outcome::conflict, tail.sequence, "the last frame is " + std::to_string(number(tail.sequence))};
  }
  auto decoded = core::frame::decode(operation.frame.stored->view());
  if (!decoded) {
    throw std::logic_error("a sealed frame does not decode: " + decoded.error().what);
  }
  j.frames.push_back(std::move(*decoded));
  if (j.frames_max > 0 && j.frames.size() > j.frames_max) {
    j.frames.erase(j.frames.begin());
  }
  ++counters_.committed;
  note(journal, operation, "is stored");
  for (auto* open : storage_->logs) {
    if (!open->dead_) {
      open->notices_[journal] = j.tail().sequence;
    }
  }
  return {append_outcome::committed, j.tail().sequence, {}};
}

void simulated_log::step_append(journal_id journal) {
  auto& queue = appends_[journal];
  auto operation = std::move(queue.front());
  queue.pop_front();
  if (queue.empty()) {
    appends_.erase(journal);
  }
  if (chance(options_.refused)) {
    ++counters_.refused;
    note(journal, operation, "is refused");
    operation.done({append_outcome::unavailable, {}, "refused by the simulation"});
  } else if (chance(options_.ambiguous_lost)) {
    ++counters_.lost;
    note(journal, operation, "is lost");
    operation.done({append_outcome::unknown, {}, "lost by the simulation"});
  } else if (chance(options_.ambiguous_stored)) {
    (void)store(journal, operation); // whatever came of it, the answer is lost
    ++counters_.unanswered;
    note(journal, operation, "is not answered");
    operation.done({append_outcome::unknown, {}, "answer lost by the simulation"});
  } else {
    operation.done(store(journal, operation));
  }
}

void simulated_log::step_read() {
  auto operation = std::move(reads_.front());
  reads_.pop_front();
  operation.done(collect(operation.journal, operation.from, operation.bytes_max));
}

void simulated_log::step_notice() {
  const auto it = std::next(notices_.begin(), static_cast<std::ptrdiff_t>(random_() % notices_.size()));
  const auto [journal, last] = *it;
  notices_.erase(it);
  std::erase_if(watchers_, [](const auto& w) { return w.expired(); });
  const auto watchers = watchers_;
  for (const auto& weak : watchers) {
    if (const auto w = weak.lock(); w && w->journal == journal) {
      w->on_commit(journal, last);
    }
  }
}

void simulated_log::crash() {
  for (auto& [journal, queue] : appends_) {
    auto stored = random_() % (queue.size() + 1);
    for (const auto& operation : queue) {
      if (stored-- == 0) {
        break;
      }
      (void)store(journal, operation); // nobody is left to hear what came of it
    }
  }
  dead_ = true;
  appends_.clear();
  reads_.clear();
  notices_.clear();
  watchers_.clear();
}

// -- snapshots --------------------------------------------------------------------------------------------------------

simulated_snapshots::simulated_snapshots(simulated_storage& storage, std::uint32_t lost_permille, std::uint64_t seed)
    : storage_(&storage), lost_permille_(lost_permille), random_(seed) {}

void simulated_snapshots::put(snapshot s) {
  if (dead_ || random_() % 1000 < lost_permille_) {
    return;
  }
  auto& kept = storage_->journals[s.journal].snapshots;
  kept.insert(kept.begin(), std::move(s));
  if (kept.size() > 2) {
    kept.pop_back();
  }
}

core::expected<std::vector<snapshot>> simulated_snapshots::load(journal_id journal) {
  return storage_->journals[journal].snapshots;
}

} // namespace reel::transport
