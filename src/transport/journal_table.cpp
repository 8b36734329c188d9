#include "transport/journal_table.hpp"

#include "transport/chain.hpp"

#include <algorithm>

namespace reel::transport {

void journal_table::add(std::int64_t number, const core::genesis_record& genesis, const journal_tail& tail) {
  const std::lock_guard lock(mutex_);
  auto e = std::make_unique<entry>();
  e->id = journal_id_of(genesis);
  e->number = number;
  e->genesis = genesis;
  e->committed = tail;
  e->staged = tail;
  last_number_ = std::max(last_number_, number);
  entries_[e->id] = std::move(e);
}

journal_table::entry* journal_table::prepare(const core::genesis_record& genesis) {
  const std::lock_guard lock(mutex_);
  auto& e = entries_[journal_id_of(genesis)];
  if (e == nullptr) {
    e = std::make_unique<entry>();
    e->id = journal_id_of(genesis);
    e->number = ++last_number_;
  }
  if (e->committed.sequence == frame_sequence{}) {
    e->genesis = genesis;
  }
  return e.get();
}

journal_table::entry* journal_table::find(journal_id id) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : it->second.get();
}

journal_tail journal_table::tail(const entry& e) const {
  const std::lock_guard lock(mutex_);
  return e.committed;
}

core::genesis_record journal_table::genesis(const entry& e) const {
  const std::lock_guard lock(mutex_);
  return e.genesis;
}

std::vector<journal_description> journal_table::describe() const {
  std::vector<journal_description> result;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, e] : entries_) {
    if (e->committed.sequence != frame_sequence{}) {
      result.push_back({id, e->genesis, e->committed});
    }
  }
  return result;
}

void journal_table::committed(entry& e, const std::shared_ptr<const core::frame>& frame) {
  std::vector<std::shared_ptr<const core::frame>> forgotten; // freed outside the lock
  const std::lock_guard lock(mutex_);
  e.committed = {frame->sequence(), frame->hash()};
  e.newest.push_back(frame);
  cached_.push_back(&e);
  cached_bytes_ += frame->raw_size();
  while (cached_bytes_ > cache_bytes_max_ && !cached_.empty()) {
    auto& oldest = cached_.front()->newest;
    cached_bytes_ -= oldest.front()->raw_size();
    forgotten.push_back(std::move(oldest.front()));
    oldest.pop_front();
    cached_.pop_front();
  }
}

void journal_table::jump(entry& e, const journal_tail& tail) {
  std::deque<std::shared_ptr<const core::frame>> forgotten; // freed outside the lock
  const std::lock_guard lock(mutex_);
  forgotten.swap(e.newest);
  for (const auto& frame : forgotten) {
    cached_bytes_ -= frame->raw_size();
  }
  cached_.erase(std::remove(cached_.begin(), cached_.end(), &e), cached_.end());
  e.committed = tail;
}

std::optional<frames> journal_table::read(const entry& e, frame_sequence from, std::size_t bytes_max) const {
  frames result;
  const std::lock_guard lock(mutex_);
  if (from > e.committed.sequence) {
    return result;
  }
  if (e.newest.empty() || from < e.newest.front()->sequence()) {
    return std::nullopt;
  }
  const auto first =
      e.newest.begin() + static_cast<std::ptrdiff_t>(number(from) - number(e.newest.front()->sequence()));
  auto last = first;
  std::size_t bytes = 0;
  do {
    bytes += (*last)->raw_size();
    ++last;
  } while (last != e.newest.end() && bytes + (*last)->raw_size() <= bytes_max);
  result.assign(first, last);
  return result;
}

struct journal_table::watcher {
  explicit watcher(commit_handler on_commit) : call(std::move(on_commit)) {}

  std::recursive_mutex mutex; // recursive: a callback may drop its own handle
  commit_handler call;
  frame_sequence told{}; // several threads may notify at once
  bool dropped = false;
};

std::shared_ptr<void> journal_table::watch(entry& e, commit_handler on_commit) {
  auto added = std::make_shared<watcher>(std::move(on_commit));
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(e.watchers, [](const auto& w) { return w.expired(); });
    e.watchers.push_back(added);
  }
  // notify() keeps a watcher alive while it calls it, so the end of the watching is the handle's own, not that of the
  // watcher.
  return {added.get(), [added](void*) {
            const std::lock_guard lock(added->mutex);
            added->dropped = true;
          }};
}

void journal_table::notify(entry& e) {
  notify(e, tail(e).sequence);
}

void journal_table::notify(entry& e, frame_sequence last) {
  std::vector<std::shared_ptr<watcher>> watchers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& w : e.watchers) {
      if (auto live = w.lock()) {
        watchers.push_back(std::move(live));
      }
    }
  }
  for (const auto& w : watchers) {
    const std::lock_guard lock(w->mutex);
    if (!w->dropped && last > w->told) {
      w->told = last;
      w->call(e.id, last);
    }
  }
}

} // namespace reel::transport
