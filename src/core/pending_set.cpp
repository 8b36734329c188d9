#include "core/pending_set.hpp"

namespace reel::core {

void pending_set::put(pending_entry entry) {
  remove(entry.number);
  const auto number = entry.number;
  const auto& stored = entries_.emplace(number, std::move(entry)).first->second;
  if (stored.dead) {
    ++dead_;
    return;
  }
  auto& q = queues_[{stored.actor, stored.key}];
  unschedule(q);
  q.insert(number);
  schedule(q);
}

bool pending_set::remove(std::uint64_t number) {
  const auto it = entries_.find(number);
  if (it == entries_.end()) {
    return false;
  }
  take_out(it->second);
  entries_.erase(it);
  return true;
}

void pending_set::take_out(const pending_entry& entry) {
  if (entry.dead) {
    --dead_;
    return;
  }
  const auto q = queues_.find(std::pair<std::string_view, std::string_view>(entry.actor, entry.key));
  unschedule(q->second);
  q->second.erase(entry.number);
  if (q->second.empty()) {
    queues_.erase(q);
  } else {
    schedule(q->second);
  }
}

const pending_entry* pending_set::find(std::uint64_t number) const {
  const auto it = entries_.find(number);
  return it != entries_.end() ? &it->second : nullptr;
}

bool pending_set::blocks(std::string_view actor, std::string_view key) const {
  return !queues_.empty() && queues_.contains(std::pair<std::string_view, std::string_view>(actor, key));
}

const pending_entry* pending_set::head(std::string_view actor, std::string_view key) const {
  const auto q =
      queues_.empty() ? queues_.end() : queues_.find(std::pair<std::string_view, std::string_view>(actor, key));
  return q != queues_.end() ? find(*q->second.begin()) : nullptr;
}

const pending_entry* pending_set::next() const {
  return heads_.empty() ? nullptr : find(heads_.begin()->second);
}

void pending_set::schedule(const queue& q) {
  heads_.emplace(entries_.at(*q.begin()).due, *q.begin());
}

void pending_set::unschedule(const queue& q) {
  if (!q.empty()) {
    heads_.erase({entries_.at(*q.begin()).due, *q.begin()});
  }
}

} // namespace reel::core
