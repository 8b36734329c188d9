#include "core/compensation_invariant.hpp"

#include "core/hash.hpp"

#include <algorithm>

namespace reel::core {

void compensation_invariant::observe(const fact& event) {
  if (event.type->compensates_id != event_type_id{} && !is_step(*event.type)) {
    const auto step = event.type->compensates_id;
    if (std::find(steps_.begin(), steps_.end(), step) == steps_.end()) {
      steps_.push_back(step);
    }
  }
  if (ended_.contains(event.correlation)) {
    after_end(event);
    return;
  }
  auto& f = open_[static_cast<std::uint64_t>(event.correlation)];
  if (f.nodes.empty()) {
    f.key = event.key;
  }
  const auto key = xxh3(event.key);
  const auto entity = key ^ (static_cast<std::uint64_t>(event.id.journal) * 0x9e3779b97f4a7c15ULL);
  f.nodes.push_back({event.id, event.cause, event.type, entity, key});
  f.failed = f.failed || event.type->failure;
  f.compensated = f.compensated || event.type->compensates_id != event_type_id{};
  if (event.type->terminal) {
    f.key = event.key;
    check(f);
    open_.erase(static_cast<std::uint64_t>(event.correlation));
    ended_.insert(event.correlation);
  }
}

std::vector<violation> compensation_invariant::finish(bool quiescent) {
  if (quiescent) {
    for (const auto& [correlation, f] : open_) {
      check(f);
    }
  }
  return std::move(violations_);
}

void compensation_invariant::after_end(const fact& event) {
  const bool undoes = event.type->compensates_id != event_type_id{};
  if (undoes || is_step(*event.type)) {
    violations_.push_back({std::string(name()), std::string(event.type->name) + " after the flow's end",
                           std::string(event.key)});
  }
}

bool compensation_invariant::is_step(const event_info& type) const {
  return std::find(steps_.begin(), steps_.end(), type.id) != steps_.end();
}

void compensation_invariant::check(const flow& f) {
  if (!f.failed) {
    if (f.compensated) {
      report(f, "undone although nothing failed");
    }
    return;
  }
  check_pairs(f, causal_past(f));
}

// past[i][j]: event j happened before event i. Events come causes first, so one pass is enough.
std::vector<std::vector<bool>> compensation_invariant::causal_past(const flow& f) {
  const auto count = f.nodes.size();
  std::vector<std::vector<bool>> past(count, std::vector<bool>(count));
  const auto inherit = [&past](std::size_t to, std::size_t from) {
    for (std::size_t k = 0; k < from; ++k) {
      if (past[from][k]) {
        past[to][k] = true;
      }
    }
    past[to][from] = true;
  };
  for (std::size_t i = 0; i < count; ++i) {
    bool cause_found = false;
    bool entity_found = false; // the entity's newest event before this one has all older ones in its past
    for (std::size_t j = i; j-- > 0 && !(cause_found && entity_found);) {
      const bool is_cause = !cause_found && f.nodes[j].id == f.nodes[i].cause;
      const bool is_entity = !entity_found && f.nodes[j].entity == f.nodes[i].entity;
      if (is_cause || is_entity) {
        inherit(i, j);
      }
      cause_found = cause_found || is_cause;
      entity_found = entity_found || is_entity;
    }
  }
  return past;
}

void compensation_invariant::check_pairs(const flow& f, const std::vector<std::vector<bool>>& past) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs; // step, compensation
  std::vector<bool> taken(f.nodes.size());
  for (std::size_t c = 0; c < f.nodes.size(); ++c) {
    const auto step_type = f.nodes[c].type->compensates_id;
    if (step_type == event_type_id{}) {
      continue;
    }
    const auto fits = [&](std::size_t s) {
      return !taken[s] && f.nodes[s].type->id == step_type && f.nodes[s].key == f.nodes[c].key;
    };
    std::size_t step = 0;
    while (step < f.nodes.size() && !(fits(step) && past[c][step])) {
      ++step;
    }
    if (step < f.nodes.size()) {
      taken[step] = true;
      pairs.emplace_back(step, c);
      continue;
    }
    step = 0;
    while (step < f.nodes.size() && !fits(step)) {
      ++step;
    }
    report(f, std::string(f.nodes[c].type->name) + (step < f.nodes.size() ? " is not after its step" : " without its step, or a second time"));
    if (step < f.nodes.size()) {
      taken[step] = true;
    }
  }
  for (std::size_t s = 0; s < f.nodes.size(); ++s) {
    if (is_step(*f.nodes[s].type) && !taken[s]) {
      report(f, std::string(f.nodes[s].type->name) + " was not undone");
    }
  }
  check_order(f, past, pairs);
}

void compensation_invariant::check_order(const flow& f, const std::vector<std::vector<bool>>& past,
                                         const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
  for (const auto& [a, undo_a] : pairs) {
    for (const auto& [b, undo_b] : pairs) {
      if (past[b][a] && !past[undo_a][undo_b]) {
        report(f, std::string(f.nodes[undo_a].type->name) + " does not wait for " +
                      std::string(f.nodes[undo_b].type->name) + ", which undoes a later step");
      }
    }
  }
}

void compensation_invariant::report(const flow& f, std::string what) {
  violations_.push_back({std::string(name()), std::move(what), f.key});
}

} // namespace reel::core
