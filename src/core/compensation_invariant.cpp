#include "core/compensation_invariant.hpp"

#include "core/hash.hpp"

#include <algorithm>
#include <utility>

namespace reel::core {

namespace {

constexpr std::size_t none = ~std::size_t{0};
constexpr std::size_t spare_max = 256;
constexpr std::size_t spare_nodes_max = 64; // of a flow whose memory is kept

constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  return (a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6U) + (a >> 2U))) * 0xbf58476d1ce4e5b9ULL;
}

struct event_id_hash {
  std::size_t operator()(const event_id& id) const noexcept {
    return mixed(mixed(static_cast<std::uint64_t>(id.sequence), static_cast<std::uint64_t>(id.journal)), id.index);
  }
};

std::string_view short_name(const event_info& type) {
  return type.name.substr(type.name.rfind('.') + 1);
}

bool compensates(const event_info& type) noexcept {
  return type.compensates_id != event_type_id{};
}

} // namespace

/// One flow under examination. `marked` are its steps and compensations, the only events whose order matters; past[i]
/// is the set of marked events that happened before event i, one bit for each.
struct compensation_invariant::analysis {
  correlation_id id;
  const flow& f;
  std::vector<std::size_t> steps;         // indices of nodes
  std::vector<std::size_t> compensations; // indices of nodes
  std::vector<std::size_t> mark;          // by node: its bit, or none
  std::vector<std::size_t> undone_by;     // by node: the node that compensates this step, or none
  std::vector<std::string> faults;
  std::size_t words = 0;
  std::vector<std::uint64_t> past;

  analysis(correlation_id flow_id, const flow& examined)
      : id(flow_id), f(examined), mark(f.nodes.size(), none), undone_by(f.nodes.size(), none) {
    std::size_t marked = 0;
    for (std::size_t i = 0; i < f.nodes.size(); ++i) {
      const bool undoes = compensates(*f.nodes[i].type);
      if (f.nodes[i].is_step) {
        steps.push_back(i);
      }
      if (undoes) {
        compensations.push_back(i);
      }
      if (undoes || f.nodes[i].is_step) {
        mark[i] = marked++;
      }
    }
    words = (marked + 63) / 64;
    find_past();
  }

  /// Events come causes first, so one pass is enough.
  void find_past() {
    past.resize(f.nodes.size() * words);
    std::unordered_map<event_id, std::size_t, event_id_hash> by_id;
    std::unordered_map<std::uint64_t, std::size_t> last_of_entity;
    by_id.reserve(f.nodes.size());
    for (std::size_t i = 0; i < f.nodes.size(); ++i) {
      const auto& n = f.nodes[i];
      if (const auto cause = by_id.find(n.cause); cause != by_id.end()) {
        inherit(i, cause->second);
      }
      const auto [last, is_first] = last_of_entity.try_emplace(n.entity, i);
      if (!is_first) {
        inherit(i, last->second);
        last->second = i;
      }
      by_id.emplace(n.id, i);
    }
  }

  void inherit(std::size_t to, std::size_t from) {
    for (std::size_t w = 0; w < words; ++w) {
      past[to * words + w] |= past[from * words + w];
    }
    if (mark[from] != none) {
      past[to * words + mark[from] / 64] |= std::uint64_t{1} << (mark[from] % 64);
    }
  }

  /// Precondition: `earlier` is marked.
  [[nodiscard]] bool happened_before(std::size_t earlier, std::size_t later) const noexcept {
    return (past[later * words + mark[earlier] / 64] >> (mark[earlier] % 64) & 1U) != 0;
  }
};

compensation_invariant::compensation_invariant(const choreography_info& choreography) {
  for (const auto& type : choreography.events) {
    roles_[type.id];
    if (compensates(type)) {
      roles_[type.compensates_id].is_step = true;
    }
  }
  std::uint16_t actor = 0;
  for (const auto& service : choreography.services) {
    for (const auto& info : service.actors) {
      ++actor;
      for (const auto& fold : info.folds) {
        roles_[fold.event].actor = actor;
      }
    }
  }
}

void compensation_invariant::observe(const fact& event) {
  if (event.type == nullptr) {
    return; // of another program; the journals' own check says so
  }
  const auto& role = roles_[event.type->id];
  if (ended_.contains(event.correlation) && !open_.contains(event.correlation) && !reopen(event, role)) {
    return;
  }
  auto& f = open_[event.correlation];
  if (f.nodes.empty() && !spare_.empty()) {
    f.nodes = std::move(spare_.back());
    spare_.pop_back();
  }
  if (f.key.empty() || !exists(event.cause)) {
    f.key = event.key;
  }
  const auto key = xxh3(event.key);
  const auto entity = mixed(key, mixed(static_cast<std::uint64_t>(event.id.journal), role.actor));
  f.nodes.push_back({event.id, event.cause, event.type, key, entity, role.is_step});
  f.failed = f.failed || event.type->failure;
  f.compensated = f.compensated || compensates(*event.type);
  f.owed += role.is_step ? 1 : 0;
  f.owed -= compensates(*event.type) ? 1 : 0;
  if (event.type->terminal && f.failed) {
    failed_.insert(event.correlation);
  }
  if (event.type->terminal && f.failed && f.owed > 0) { // a branch beside the end is still being undone
    ended_.insert(event.correlation);
  } else if (event.type->terminal) {
    check(event.correlation, f, true);
    if (spare_.size() < spare_max && f.nodes.size() <= spare_nodes_max) {
      f.nodes.clear();
      spare_.push_back(std::move(f.nodes));
    }
    open_.erase(event.correlation);
    ended_.insert(event.correlation);
  }
}

std::vector<violation> compensation_invariant::finish(bool quiescent) {
  for (const auto& [id, f] : open_) {
    check(id, f, quiescent);
  }
  open_.clear();
  return std::exchange(violations_, {});
}

/// What comes after the end concerns a failed flow, which is judged once more, or is an undoing that should not be.
bool compensation_invariant::reopen(const fact& event, const type_role& role) {
  const bool undoes = compensates(*event.type);
  if (failed_.contains(event.correlation) && (role.is_step || undoes)) {
    open_[event.correlation].failed = true;
    return true;
  }
  if (undoes) {
    violations_.push_back(
        {std::string(name()),
         std::string(short_name(*event.type)) + " of " + std::string(event.key) + " comes after the end of its flow",
         {},
         event.correlation});
  }
  return false;
}

/// `ended`: nothing more will come.
void compensation_invariant::check(correlation_id id, const flow& f, bool ended) {
  if (!f.failed && !f.compensated) {
    return; // by far the most
  }
  analysis a(id, f);
  if (!f.failed) {
    for (const auto c : a.compensations) {
      report(a, std::string(short_name(*f.nodes[c].type)) + " although nothing had failed");
    }
    return;
  }
  match(a);
  for (auto& fault : a.faults) {
    report(a, std::move(fault));
  }
  for (const auto s : a.steps) {
    if (ended && a.undone_by[s] == none) {
      report(a, std::string(short_name(*f.nodes[s].type)) + " was never undone");
    }
  }
  check_order(a, ended);
}

/// Finds the step of each compensation: the same entity key, and the step's type is the one that is compensated.
void compensation_invariant::match(analysis& a) const {
  const auto& nodes = a.f.nodes;
  for (const auto c : a.compensations) {
    std::size_t step = none;
    std::size_t concurrent = none;
    bool is_undone = false;
    for (const auto s : a.steps) {
      if (nodes[s].type->id != nodes[c].type->compensates_id || nodes[s].key != nodes[c].key) {
        continue;
      }
      if (a.undone_by[s] != none) {
        is_undone = true;
      } else if (a.happened_before(s, c)) {
        step = s; // the newest one: a flow may do, undo and do again
      } else {
        concurrent = s;
      }
    }
    const auto undoing = std::string(short_name(*nodes[c].type));
    if (step != none) {
      a.undone_by[step] = c;
    } else if (concurrent != none) {
      a.undone_by[concurrent] = c;
      a.faults.push_back(undoing + " does not come after " + std::string(short_name(*nodes[concurrent].type)));
    } else if (is_undone) {
      a.faults.push_back(undoing + " a second time");
    } else {
      a.faults.push_back(undoing + " without " + std::string(a.f.nodes[c].type->compensates));
    }
  }
}

/// If step b came after step a, then a may be undone only after b.
void compensation_invariant::check_order(const analysis& a, bool ended) {
  const auto& nodes = a.f.nodes;
  for (const auto earlier : a.steps) {
    const auto undo_earlier = a.undone_by[earlier];
    if (undo_earlier == none) {
      continue;
    }
    for (const auto later : a.steps) {
      if (!a.happened_before(earlier, later)) {
        continue;
      }
      const auto undo_later = a.undone_by[later];
      const bool in_order = undo_later != none ? a.happened_before(undo_later, undo_earlier)
                                               : ended; // then it has been reported as never undone
      if (!in_order) {
        report(a, std::string(short_name(*nodes[undo_earlier].type)) + " before the undoing of " +
                      std::string(short_name(*nodes[later].type)) + ", a later step");
      }
    }
  }
}

void compensation_invariant::report(const analysis& a, std::string what) {
  violations_.push_back({std::string(name()), std::move(what), a.f.key, a.id});
}

} // namespace reel::core
