#include "core/proof/must.hpp"

#include <algorithm>
#include <functional>

namespace reel::core::proof {

namespace {

bool contains(const std::vector<index>& all, index e) {
  return std::find(all.begin(), all.end(), e) != all.end();
}

/// Strongly connected components of events, by Tarjan's algorithm.
class component_finder {
public:
  explicit component_finder(const tables& t)
      : tables_(&t), number_(t.events.size(), none), low_(t.events.size(), none), open_(t.events.size(), false) {}

  std::vector<std::vector<index>> find() {
    for (index e = 0; e < number_.size(); ++e) {
      if (number_[e] == none) {
        visit(e);
      }
    }
    return std::move(components_);
  }

private:
  void visit(index e) {
    number_[e] = low_[e] = next_++;
    stack_.push_back(e);
    open_[e] = true;
    for (const auto r : tables_->events[e].consumers) {
      for (const auto out : tables_->reactions[r].outputs) {
        if (number_[out] == none) {
          visit(out);
          low_[e] = std::min(low_[e], low_[out]);
        } else if (open_[out]) {
          low_[e] = std::min(low_[e], number_[out]);
        }
      }
    }
    if (low_[e] == number_[e]) {
      close(e);
    }
  }
  void close(index e) {
    std::vector<index> component;
    for (bool last = false; !last;) {
      last = stack_.back() == e;
      component.push_back(stack_.back());
      open_[stack_.back()] = false;
      stack_.pop_back();
    }
    std::sort(component.begin(), component.end());
    components_.push_back(std::move(component));
  }

  const tables* tables_;
  std::vector<index> number_;
  std::vector<index> low_;
  std::vector<bool> open_;
  std::vector<index> stack_;
  index next_ = 0;
  std::vector<std::vector<index>> components_;
};

} // namespace

bool comes_undecided(const tables& t, const relations& rel, const reaction_row& undo) {
  if (rel.exclude(undo.undoes, undo.input)) {
    return false;
  }
  if (rel.always_before(undo.undoes, undo.input) && !(undo.fans_out && rel.is_multiple(undo.undoes))) {
    return false; // the entity that did it is the one that is asked to undo it
  }
  return !t.events[undo.undoes].producers.empty() && !rel.deciding(undo.undoes)[undo.input];
}

must_analysis::must_analysis(const tables& t, const relations& r) : tables_(&t), relations_(&r) {
  find_cycles();
  find_declining();
  find_choices();
}

void must_analysis::find_cycles() {
  const auto& t = *tables_;
  cycle_of_.assign(t.events.size(), none);
  for (auto& component : component_finder(t).find()) {
    const auto first = component.front();
    const auto& by = t.events[first].producers;
    const bool to_itself = std::any_of(by.begin(), by.end(), [&](index r) { return t.reactions[r].input == first; });
    if (component.size() > 1 || to_itself) {
      for (const auto e : component) {
        cycle_of_[e] = static_cast<index>(cycles_.size());
      }
      const bool left = is_left(component);
      cycles_.push_back({std::move(component), left});
    }
  }
}

/// False when some of the events keep each other going by reactions that have no other choice.
bool must_analysis::is_left(const std::vector<index>& events) const {
  const auto& t = *tables_;
  std::vector<index> going = events;
  const auto stays = [&](index r) {
    const auto& row = t.reactions[r];
    const auto inside = [&](index e) { return contains(going, e); };
    return row.how == arity::all      ? std::any_of(row.outputs.begin(), row.outputs.end(), inside)
           : row.how == arity::one_of ? std::all_of(row.outputs.begin(), row.outputs.end(), inside)
                                      : row.is_deadline && row.unless.empty() && inside(row.outputs.front());
  };
  for (bool changed = true; changed;) {
    const auto end = std::remove_if(going.begin(), going.end(), [&](index e) {
      return std::none_of(t.events[e].consumers.begin(), t.events[e].consumers.end(), stays);
    });
    changed = end != going.end();
    going.erase(end, going.end());
  }
  return going.empty();
}

void must_analysis::find_declining() {
  const auto& t = *tables_;
  declines_.assign(t.reactions.size(), false);
  const auto forbid = [&](index step) {
    for (const auto r : t.events[step].producers) {
      declines_[r] = true;
    }
  };
  for (index i = 0; i < t.reactions.size(); ++i) {
    const auto& r = t.reactions[i];
    declines_[i] = declines_[i] || may_have_ended(i);
    if (r.undoes != none && comes_undecided(t, *relations_, r)) {
      forbid(r.undoes);
    }
    if (r.is_deadline && !r.outputs.empty()) {
      std::for_each(r.unless.begin(), r.unless.end(), [&](index e) {
        if (t.events[e].actor == r.actor && relations_->exclude(e, r.outputs.front())) {
          forbid(e);
        }
      });
    }
  }
}

/// The reaction ends the flow, but another one of the same actor may have done so before.
bool must_analysis::may_have_ended(index reaction) const {
  const auto& t = *tables_;
  const auto& r = t.reactions[reaction];
  const auto ends = [&](index e) { return t.events[e].terminal; };
  if (std::none_of(r.outputs.begin(), r.outputs.end(), ends)) {
    return false;
  }
  const auto& others = t.actors[r.actor].reactions;
  return std::any_of(others.begin(), others.end(), [&](index o) {
    const auto& outputs = t.reactions[o].outputs;
    return o != reaction && std::any_of(outputs.begin(), outputs.end(),
                                        [&](index e) { return ends(e) && !relations_->exclude(e, r.input); });
  });
}

void must_analysis::find_choices() {
  const auto& t = *tables_;
  choices_.resize(t.reactions.size());
  chosen_by_.resize(t.events.size());
  for (index i = 0; i < t.reactions.size(); ++i) {
    const auto& r = t.reactions[i];
    auto& choices = choices_[i];
    if (r.how == arity::all || r.how == arity::one_of || r.is_deadline || (r.how == arity::maybe && declines_[i])) {
      choices = r.outputs;
      choices.insert(choices.end(), r.unless.begin(), r.unless.end());
    }
    const auto loops = [&](index e) { return cycle_of_[e] != none && cycle_of_[e] == cycle_of_[r.input]; };
    const bool leaves = !std::all_of(choices.begin(), choices.end(), loops);
    const auto is_dropped = [&](index e) {
      const bool waits = t.events[e].internal && (t.gathers_for_real(r) || declines_[i]);
      return r.how != arity::all && (waits || (leaves && loops(e)));
    };
    choices.erase(std::remove_if(choices.begin(), choices.end(), is_dropped), choices.end());
    for (const auto e : choices) {
      chosen_by_[e].push_back(i);
    }
  }
}

bool must_analysis::is_given_away(index event, std::span<const index> given) const {
  return std::any_of(given.begin(), given.end(), [&](index g) { return relations_->exclude(event, g); });
}

std::size_t must_analysis::open_choices(index reaction, std::span<const index> given) const {
  const auto& r = tables_->reactions[reaction];
  if (distrusted_ != none && r.gather == distrusted_) {
    return 0;
  }
  if (r.how == arity::all) {
    return 1; // each comes, so one that leads there is enough
  }
  const auto& choices = choices_[reaction];
  return static_cast<std::size_t>(
      std::count_if(choices.begin(), choices.end(), [&](index e) { return !is_given_away(e, given); }));
}

event_set must_analysis::lead_to(const event_set& goals, std::span<const index> given) const {
  const auto& t = *tables_;
  event_set reached = goals;
  std::vector<index> open;
  for (index e = 0; e < goals.size(); ++e) {
    if (goals[e]) {
      open.push_back(e);
    }
  }
  std::vector<std::size_t> left(t.reactions.size(), none); // none: not counted yet
  while (!open.empty()) {
    const auto e = open.back();
    open.pop_back();
    if (is_given_away(e, given)) {
      continue; // not in these flows, so nobody chooses it
    }
    for (const auto r : chosen_by_[e]) {
      if (left[r] == none) {
        left[r] = open_choices(r, given);
      }
      const auto input = t.reactions[r].input;
      if (left[r] > 0 && --left[r] == 0 && !reached[input]) {
        reached[input] = true;
        open.push_back(input);
      }
    }
  }
  return reached;
}

} // namespace reel::core::proof
