#include "core/proof/rules.hpp"

#include <algorithm>

namespace reel::core::proof {
namespace {

// -- flows that stop --------------------------------------------------------------------------------------------------

class end_check {
public:
  explicit end_check(const knowledge& k) : k_(&k), seen_(k.t.events.size(), false) {
    event_set goals(k.t.events.size(), false);
    for (index e = 0; e < goals.size(); ++e) {
      const auto& row = k.t.events[e];
      goals[e] = row.terminal || (row.consumers.empty() && !row.internal); // the plain check says that nobody reacts
    }
    ended_ = k.must.lead_to(goals);
  }

  void run(std::vector<finding>& out) {
    for (index e = 0; e < k_->t.events.size(); ++e) {
      if (k_->t.events[e].begins() && goes_on(e)) {
        visit(e, out);
      }
    }
  }

private:
  [[nodiscard]] bool is_outward(const reaction_row& r) const {
    return std::any_of(r.outputs.begin(), r.outputs.end(), [&](index e) { return !k_->t.events[e].internal; });
  }
  /// More follows from it than somebody's note.
  [[nodiscard]] bool goes_on(index event) const {
    const auto& by = k_->t.events[event].consumers;
    return std::any_of(by.begin(), by.end(), [&](index r) { return is_outward(k_->t.reactions[r]); });
  }

  /// Goes down to where the flow stops: what stops there explains all before it.
  void visit(index event, std::vector<finding>& out) {
    if (seen_[event] || ended_[event]) {
      return;
    }
    seen_[event] = true;
    bool is_explained = false;
    for (const auto r : k_->t.events[event].consumers) {
      for (const auto e : k_->t.reactions[r].outputs) {
        if (!k_->t.events[e].internal && !ended_[e]) {
          is_explained = true;
          visit(e, out);
        }
      }
    }
    if (!is_explained) {
      out.push_back(stops(event));
    }
  }

  [[nodiscard]] finding stops(index event) const {
    const auto& t = k_->t;
    auto result = about(t, event, "path-may-stop");
    result.path = k_->ways.names(k_->ways.to(event));
    std::vector<std::string> why;
    for (const auto r : t.events[event].consumers) {
      const auto& row = t.reactions[r];
      if (result.service.empty()) {
        result.service = t.actors[row.actor].service;
        result.actor = t.actors[row.actor].name;
      }
      why.push_back(row.where + (row.how == arity::maybe || row.how == arity::many ? " may publish nothing"
                                                                                   : " may only make a note"));
    }
    result.text = "the flow may stop here, before any terminal event: " + listed(why);
    result.remedy = "let a reaction to " + short_name(t, event) +
                    " return one_of<> or all<>, add a deadline<> after it, "
                    "or mark it (terminal)";
    return result;
  }

  const knowledge* k_;
  event_set ended_;
  event_set seen_;
};

// -- flows that go round ----------------------------------------------------------------------------------------------

finding goes_round(const knowledge& k, const cycle& c) {
  const auto& t = k.t;
  const auto first = *std::min_element(c.events.begin(), c.events.end(),
                                       [&](index a, index b) { return k.ways.to(a).size() < k.ways.to(b).size(); });
  auto result = about(t, first, c.may_end ? "cycle-unbounded" : "cycle-endless");
  result.how_bad = c.may_end ? severity::warning : severity::fault;
  result.path = k.ways.names(k.ways.to(first));
  std::vector<std::string> round;
  for (const auto r : t.events[first].consumers) { // the shortest way back
    for (const auto e : t.reactions[r].outputs) {
      auto way = k.ways.between(e, first);
      if ((!way.empty() || e == first) && (round.empty() || way.size() + 1 < round.size())) {
        way.insert(way.begin(), stage{e, r});
        round = k.ways.names(way);
      }
    }
  }
  result.path.insert(result.path.end(), round.begin(), round.end());
  result.text =
      short_name(t, first) + (c.may_end ? " may lead back to itself, and nothing in the types bounds how often"
                                        : " leads back to itself, and nothing ends it");
  result.remedy = c.may_end ? "count the rounds in the entity's state and leave the cycle at a limit; then accept this "
                              "finding with that reason"
                            : "let a reaction of the cycle return one_of<> with a way out";
  return result;
}

// -- flows that never begin -------------------------------------------------------------------------------------------

void check_dead(const knowledge& k, std::vector<finding>& out) {
  for (const auto& r : k.t.reactions) {
    if (k.ways.is_reached(r.input)) {
      continue;
    }
    auto result = about(k.t, r, "reaction-dead");
    result.text = "no flow that a source begins leads to " + short_name(k.t, r.input) + ", so this never runs";
    result.remedy = "publish " + short_name(k.t, r.input) +
                    " in reaction to something that happens, let a source publish it, or drop the reaction";
    out.push_back(std::move(result));
  }
}

// -- flows that end twice ---------------------------------------------------------------------------------------------

/// Each run of the reaction publishes something that others see.
bool always_speaks(const knowledge& k, const reaction_row& r) {
  const auto internal = [&](index e) { return k.t.events[e].internal; };
  return !r.is_deadline && (r.how == arity::all || r.how == arity::one_of) &&
         std::none_of(r.outputs.begin(), r.outputs.end(), internal);
}

/// Two terminal events that the reactions may publish in one flow, or nothing.
std::vector<index> ends_of(const knowledge& k, index a, index b) {
  const auto& t = k.t;
  for (const auto first : t.reactions[a].outputs) {
    for (const auto second : t.reactions[b].outputs) {
      if (t.events[first].terminal && t.events[second].terminal && !k.rel.exclude(first, second) &&
          !k.rel.ways_exclude(first, a, second, b)) {
        return {first, second};
      }
    }
  }
  return {};
}

void check_ends_twice(const knowledge& k, const actor_row& actor, std::vector<finding>& out) {
  const auto& t = k.t;
  for (std::size_t i = 0; i < actor.reactions.size(); ++i) {
    for (std::size_t j = i + 1; j < actor.reactions.size(); ++j) {
      const auto& a = t.reactions[actor.reactions[i]];
      const auto& b = t.reactions[actor.reactions[j]];
      if (!always_speaks(k, a) || !always_speaks(k, b) || k.rel.runs_repeatedly(a) || k.rel.runs_repeatedly(b) ||
          k.rel.exclude(a.input, b.input)) {
        continue;
      }
      if (const auto both = ends_of(k, actor.reactions[i], actor.reactions[j]); !both.empty()) {
        auto result = about(t, b, "ends-twice");
        result.how_bad = severity::warning;
        result.path = k.ways.names(k.ways.to(both[1]));
        result.where += " and " + std::string(a.name);
        result.text = a.where + " may publish " + short_name(t, both[0]) + " and this " + short_name(t, both[1]) +
                      " in one flow, though both end it";
        result.remedy = "let the second return maybe<> and publish nothing when the entity has ended, or react to "
                        "events that exclude each other";
        out.push_back(std::move(result));
      }
    }
  }
}

} // namespace

void check_ends(const knowledge& k, std::vector<finding>& out) {
  end_check(k).run(out);
  for (const auto& c : k.must.cycles()) {
    if (k.ways.is_reached(c.events.front())) {
      out.push_back(goes_round(k, c));
    }
  }
  check_dead(k, out);
  for (const auto& actor : k.t.actors) {
    check_ends_twice(k, actor, out);
  }
}

} // namespace reel::core::proof
