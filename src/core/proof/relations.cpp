#include "core/proof/relations.hpp"

#include <algorithm>
#include <utility>

namespace reel::core::proof {

namespace {

using bits = std::vector<std::uint64_t>;

void keep_common(bits& all, const bits& other) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] &= other[i];
  }
}
void add_all(bits& all, const bits& other) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] |= other[i];
  }
}
void add_bit(bits& all, std::size_t at) {
  all[at / 64] |= std::uint64_t{1} << (at % 64);
}

} // namespace

relations::relations(tables& t) : tables_(&t), twice_(t.events.size(), false) {
  for (auto& gather : t.gathers) {
    gather.is_real = true; // as long as nothing else is known
  }
  find_order();
  relate(false);
  find_real_gathers();
  do {
    relate(true);
  } while (find_published_twice()); // more events that come twice exclude less, and so on
  find_dominators();
}

void relations::relate(bool gathers_are_known) {
  find_multiple();
  excluded_ = bit_matrix(tables_->events.size(), tables_->events.size());
  if (gathers_are_known) {
    exclude_by_gathers();
    exclude_by_deadlines();
  }
  find_exclusions();
}

/// Two reactions that never keep silent may publish the same event in one flow. One that may keep silent does so when
/// the entity has published it already. True when there are more than were known.
bool relations::find_published_twice() {
  const auto& t = *tables_;
  const auto speaks = [&](index r) {
    const auto& row = t.reactions[r];
    return !row.is_deadline && (row.how == arity::all || (row.how == arity::one_of && row.gather == none));
  };
  bool found = false;
  for (index e = 0; e < t.events.size(); ++e) {
    const auto& by = t.events[e].producers;
    for (std::size_t i = 0; i < by.size() && !twice_[e]; ++i) {
      for (std::size_t j = i + 1; j < by.size(); ++j) {
        if (speaks(by[i]) && speaks(by[j]) && !ways_exclude(e, by[i], e, by[j])) {
          twice_[e] = found = true;
        }
      }
    }
  }
  return found;
}

/// Reverse post-order of a depth-first search.
void relations::find_order() {
  const auto& t = *tables_;
  std::vector<bool> seen(t.events.size(), false);
  std::vector<std::pair<index, std::size_t>> open; // an event, and how many of its effects have been looked at
  for (index start = 0; start < t.events.size(); ++start) {
    if (!seen[start]) {
      seen[start] = true;
      open.emplace_back(start, 0);
    }
    while (!open.empty()) {
      auto& [event, next] = open.back();
      std::size_t i = 0;
      index effect = none;
      for (const auto r : t.events[event].consumers) {
        for (const auto e : t.reactions[r].outputs) {
          if (i++ == next) {
            effect = e;
          }
        }
      }
      ++next;
      if (effect == none) {
        order_.push_back(event);
        open.pop_back();
      } else if (!seen[effect]) {
        seen[effect] = true;
        open.emplace_back(effect, 0);
      }
    }
  }
  std::reverse(order_.begin(), order_.end());
}

void relations::find_multiple() {
  const auto& t = *tables_;
  multiple_ = twice_;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& r : t.reactions) {
      if (!runs_repeatedly(r) && r.how != arity::many) {
        continue;
      }
      for (const auto e : r.outputs) {
        const bool decision = t.gathers_for_real(r) && !t.events[e].internal;
        if (!decision && !multiple_[e]) {
          multiple_[e] = changed = true;
        }
      }
    }
  }
}

void relations::find_real_gathers() {
  for (auto& gather : tables_->gathers) {
    const auto& in = gather.inputs;
    const auto answers_twice = [&](index e) {
      return multiple_[e] || std::any_of(in.begin(), in.end(), [&](index o) { return o != e && !exclude(e, o); });
    };
    gather.is_real = std::any_of(in.begin(), in.end(), answers_twice);
  }
}

// -- what cannot both happen ------------------------------------------------------------------------------------------

void relations::set_excluded(index a, index b) {
  excluded_.set(a, b);
  excluded_.set(b, a);
}

void relations::exclude_by_gathers() {
  const auto& t = *tables_;
  for (index g = 0; g < t.gathers.size(); ++g) {
    const auto& gather = t.gathers[g];
    const auto is_own = [&](index r) { return t.reactions[r].gather == g; };
    for (const auto decision : gather.decisions) {
      const auto& by = t.events[decision].producers;
      if (!gather.is_real || !t.events[decision].source.empty() || !std::all_of(by.begin(), by.end(), is_own)) {
        continue; // it may come in another way as well
      }
      for (const auto other : gather.decisions) {
        const auto& others = t.events[other].producers;
        if (other != decision && std::all_of(others.begin(), others.end(), is_own)) {
          set_excluded(decision, other);
        }
      }
      for (const auto input : gather.inputs) {
        const bool may_be_last = std::any_of(gather.reactions.begin(), gather.reactions.end(), [&](index r) {
          return t.reactions[r].input == input && t.reactions[r].publishes(decision);
        });
        if (!may_be_last) {
          set_excluded(decision, input);
        }
      }
    }
  }
}

/// A deadline does not pass when the entity has published one of `unless` before. And when it has passed, the entity
/// knows, and publishes none of them, if it can do something else.
void relations::exclude_by_deadlines() {
  const auto& t = *tables_;
  for (const auto& deadline : t.reactions) {
    if (!deadline.is_deadline || deadline.outputs.empty()) {
      continue;
    }
    const auto is_unless = [&](index e) {
      return std::find(deadline.unless.begin(), deadline.unless.end(), e) != deadline.unless.end();
    };
    const auto may_decline = [&](index r) {
      const auto& row = t.reactions[r];
      return row.actor == deadline.actor && (row.how == arity::maybe || row.how == arity::many ||
                                             !std::all_of(row.outputs.begin(), row.outputs.end(), is_unless));
    };
    for (const auto e : deadline.unless) {
      const auto& by = t.events[e].producers;
      if (!by.empty() && std::all_of(by.begin(), by.end(), may_decline)) {
        set_excluded(deadline.outputs.front(), e);
      }
    }
  }
}

/// The reaction runs once and publishes `event`, so not `cause`, which nothing else publishes.
bool relations::chooses_against(index reaction, index event, index cause) const {
  const auto& r = tables_->reactions[reaction];
  const auto& e = tables_->events[cause];
  return cause != event && r.chooses() && !runs_repeatedly(r) && e.source.empty() &&
         e.producers == std::vector<index>{reaction};
}

bool relations::ways_exclude(index a, index by, index b, index other) const {
  const auto& t = *tables_;
  if (by != none && by == other && a != b && t.reactions[by].chooses() && !runs_repeatedly(t.reactions[by])) {
    return true; // one run, one event
  }
  const auto cause = by != none ? t.reactions[by].input : none;
  const auto other_cause = other != none ? t.reactions[other].input : none;
  if ((by != none && other_cause != none && chooses_against(by, a, other_cause)) ||
      (other != none && cause != none && chooses_against(other, b, cause))) {
    return true;
  }
  return (cause != none && (exclude(cause, b) || (other_cause != none && exclude(cause, other_cause)))) ||
         (other_cause != none && exclude(a, other_cause));
}

/// `by` publishes a; whoever publishes b.
bool relations::exclude_by(index a, index by, index b) const {
  const auto& e = tables_->events[b];
  return (!e.begins() || ways_exclude(a, by, b, none)) &&
         std::all_of(e.producers.begin(), e.producers.end(), [&](index r) { return ways_exclude(a, by, b, r); });
}

bool relations::all_ways_exclude(index a, index b) const {
  const auto& e = tables_->events[a];
  return (!e.begins() || exclude_by(a, none, b)) &&
         std::all_of(e.producers.begin(), e.producers.end(), [&](index r) { return exclude_by(a, r, b); });
}

void relations::find_exclusions() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto a = order_.begin(); a != order_.end(); ++a) {
      for (auto b = order_.begin(); b != a; ++b) {
        if (!exclude(*a, *b) && all_ways_exclude(*a, *b)) {
          set_excluded(*a, *b);
          changed = true;
        }
      }
    }
  }
}

// -- what always comes first ------------------------------------------------------------------------------------------

/// What the decision of a gather has behind it: all answers. Those that cannot both come, or come from one choice, are
/// one answer in several forms; of these only what all forms have in common is certain.
void relations::add_answers(const gather_row& gather, index decision, bits& out) const {
  const auto& t = *tables_;
  std::vector<index> open = gather.inputs;
  const auto same_answer = [&](index a, index b) {
    const auto& by = t.events[b].producers;
    return exclude(a, b) || std::any_of(by.begin(), by.end(), [&](index r) { return t.reactions[r].publishes(a); });
  };
  while (!open.empty()) {
    std::vector<index> answer{open.back()};
    open.pop_back();
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const auto same = std::partition(open.begin(), open.end(), [&](index e) { return !same_answer(answer[i], e); });
      answer.insert(answer.end(), same, open.end());
      open.erase(same, open.end());
    }
    bits common(out.size(), ~std::uint64_t{0});
    bool possible = false;
    index sole = t.events[answer.front()].producers.size() == 1 ? t.events[answer.front()].producers.front() : none;
    for (const auto e : answer) {
      const auto& by = t.events[e].producers;
      sole = by.size() == 1 && by.front() == sole ? sole : none;
      if (!exclude(e, decision)) {
        keep_common(common, before_.row(e));
        possible = true;
      }
    }
    if (possible) {
      add_all(out, common);
    }
    if (sole != none) {
      add_bit(out, t.events.size() + sole);
    }
  }
}

bits relations::before_by(index reaction, index event) const {
  const auto& t = *tables_;
  const auto& r = t.reactions[reaction];
  auto result = before_.row(r.input);
  if (t.gathers_for_real(r) && !t.events[event].internal) {
    add_answers(t.gathers[r.gather], event, result);
    add_bit(result, t.events.size() + reaction);
  } else if (!runs_repeatedly(r)) {
    add_bit(result, t.events.size() + reaction);
  }
  return result;
}

event_set relations::deciding(index step) const {
  const auto& t = *tables_;
  const auto& by = t.events[step].producers;
  const auto decided = [&](index e) {
    return exclude(e, step) || (e == step && !multiple_[step]) ||
           (!by.empty() && std::all_of(by.begin(), by.end(), [&](index r) { return decided_before(r, e); }));
  };
  event_set result(t.events.size(), true);
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto e : order_) {
      const auto comes_decided = [&](index r) { return result[t.reactions[r].input]; };
      const auto& ways = t.events[e].producers;
      if (result[e] && !decided(e) && (t.events[e].begins() || !std::all_of(ways.begin(), ways.end(), comes_decided))) {
        result[e] = false;
        changed = true;
      }
    }
  }
  return result;
}

void relations::find_dominators() {
  const auto& t = *tables_;
  before_ = bit_matrix(t.events.size(), t.events.size() + t.reactions.size(), true);
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto e : order_) {
      bits common = before_.row(e);
      if (t.events[e].begins()) {
        std::fill(common.begin(), common.end(), 0);
      } else {
        std::fill(common.begin(), common.end(), ~std::uint64_t{0});
        for (const auto r : t.events[e].producers) {
          keep_common(common, before_by(r, e));
        }
      }
      add_bit(common, e);
      changed = before_.assign(e, common) || changed;
    }
  }
}

} // namespace reel::core::proof
