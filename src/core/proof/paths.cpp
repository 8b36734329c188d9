#include "core/proof/paths.hpp"

#include <algorithm>

namespace reel::core::proof {

// In a search result `stage::event` is none for an event that was not reached, and `by` none for a start.

paths::paths(const tables& t) : tables_(&t) {
  std::vector<index> starts;
  for (index e = 0; e < t.events.size(); ++e) {
    if (t.events[e].begins()) {
      starts.push_back(e);
    }
  }
  from_start_ = search(starts);
}

std::vector<stage> paths::search(const std::vector<index>& starts) const {
  std::vector<stage> found(tables_->events.size());
  std::vector<index> open = starts;
  for (const auto e : starts) {
    found[e].event = e;
  }
  for (std::size_t i = 0; i < open.size(); ++i) {
    for (const auto r : tables_->events[open[i]].consumers) {
      for (const auto out : tables_->reactions[r].outputs) {
        if (found[out].event == none) {
          found[out] = {out, r};
          open.push_back(out);
        }
      }
    }
  }
  return found;
}

std::vector<stage> paths::trace(const std::vector<stage>& found, index event) const {
  std::vector<stage> way;
  if (found[event].event == none) {
    return way;
  }
  for (auto at = found[event];; at = found[tables_->reactions[at.by].input]) {
    way.push_back(at);
    if (at.by == none) {
      break;
    }
  }
  std::reverse(way.begin(), way.end());
  return way;
}

std::vector<stage> paths::to(index event) const {
  return trace(from_start_, event);
}

std::vector<stage> paths::between(index from, index event) const {
  auto way = trace(search({from}), event);
  if (!way.empty()) {
    way.erase(way.begin());
  }
  return way;
}

std::vector<stage> paths::onward(index from, const event_set& allowed) const {
  std::vector<stage> way;
  event_set seen(tables_->events.size(), false);
  for (index at = from; at != none;) {
    seen[at] = true;
    stage next;
    for (const auto r : tables_->events[at].consumers) {
      for (const auto out : tables_->reactions[r].outputs) {
        if (next.event == none && allowed[out] && !seen[out] && !tables_->events[out].internal) {
          next = {out, r};
        }
      }
    }
    if (next.event != none) {
      way.push_back(next);
    }
    at = next.event;
  }
  return way;
}

std::vector<std::string> paths::names(const std::vector<stage>& way) const {
  std::vector<std::string> result;
  for (const auto& s : way) {
    const auto& e = tables_->events[s.event];
    const auto publisher = s.by != none ? tables_->reactions[s.by].where : std::string(e.source);
    result.push_back((publisher.empty() ? "" : publisher + ": ") + std::string(e.short_name));
  }
  return result;
}

} // namespace reel::core::proof
