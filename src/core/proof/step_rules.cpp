#include "core/proof/rules.hpp"

#include <algorithm>
#include <array>

namespace reel::core::proof {
namespace {

/// One step that must be undone, and all failures that can happen in a flow with it.
class step_check {
public:
  step_check(const knowledge& k, index step) : k_(&k), step_(step), goals_(k.t.events.size(), false) {
    for (const auto c : k.t.events[step].compensated_by) {
      goals_[c] = !k.t.events[c].producers.empty();
    }
    for (const auto& r : k.t.reactions) {
      if (r.undoes == step) {
        undone_by_.push_back(&r);
        goals_[r.input] = true; // whether the undo does its work is a rule of its own
      }
    }
  }

  void run(std::vector<finding>& out) {
    if (undone_by_.empty() || k_->t.events[step_].producers.empty()) {
      return; // the plain check says so
    }
    bool can_fail = false;
    std::vector<index> missing;
    for (index f = 0; f < k_->t.events.size(); ++f) {
      if (is_failure_beside(f)) {
        can_fail = true;
        if (!is_undone_after(f)) {
          missing.push_back(f);
        }
      }
    }
    for (const auto f : missing) {
      if (!is_explained_by_others(f, missing)) {
        out.push_back(missing_undo(f));
      }
    }
    if (!can_fail) {
      out.push_back(unreachable());
    }
  }

private:
  /// A failure that can follow the step or run beside it, and is no failure of the undoing itself.
  [[nodiscard]] bool is_failure_beside(index f) const {
    const auto& e = k_->t.events[f];
    const auto of_undo = [&](index r) { return k_->t.reactions[r].undoes == step_; };
    return e.failure && f != step_ && k_->ways.is_reached(f) && !k_->rel.exclude(step_, f) &&
           !k_->rel.always_before(f, step_) &&
           (e.producers.empty() || !std::all_of(e.producers.begin(), e.producers.end(), of_undo));
  }

  [[nodiscard]] event_set undone_from(index f, const event_set& goals) const {
    return k_->must.lead_to(goals, std::array{step_, f});
  }

  /// The compensation follows from something that has happened for certain.
  [[nodiscard]] bool is_undone_after(index f) const {
    const auto from = undone_from(f, goals_);
    for (index e = 0; e < from.size(); ++e) {
      if (from[e] && (k_->rel.always_before(e, f) || k_->rel.always_before(e, step_))) {
        return true;
      }
    }
    return false;
  }

  /// It would be undone if a later failure were: then that one is the finding.
  [[nodiscard]] bool is_explained_by_others(index f, const std::vector<index>& missing) const {
    auto goals = goals_;
    for (const auto other : missing) {
      if (other != f && !k_->ways.between(f, other).empty() && k_->ways.between(other, f).empty()) {
        goals[other] = true;
      }
    }
    return goals != goals_ && undone_from(f, goals)[f];
  }

  [[nodiscard]] std::string compensations() const {
    std::vector<std::string> names;
    for (const auto c : k_->t.events[step_].compensated_by) {
      names.push_back(short_name(k_->t, c));
    }
    return listed(names, "or");
  }

  [[nodiscard]] finding missing_undo(index f) const {
    const auto& t = k_->t;
    auto result = about(t, step_, "undo-missing");
    result.where += " after " + full_name(t, f);
    result.step = full_name(t, step_);
    result.failure = full_name(t, f);
    auto uncovered = undone_from(f, goals_);
    uncovered.flip();
    for (index e = 0; e < uncovered.size(); ++e) {
      uncovered[e] = uncovered[e] && !k_->rel.exclude(e, step_) && !k_->rel.exclude(e, f);
    }
    const auto rest = k_->ways.onward(f, uncovered);
    const bool follows = !k_->ways.between(step_, f).empty();
    result.path = k_->ways.names(k_->ways.to(step_));
    const auto way = k_->ways.names(follows ? k_->ways.between(step_, f) : k_->ways.to(f));
    result.path.insert(result.path.end(), way.begin(), way.end());
    const auto after = k_->ways.names(rest);
    result.path.insert(result.path.end(), after.begin(), after.end());
    result.text = short_name(t, step_) + " has been done when " + short_name(t, f) + " happens" +
                  (follows ? "" : " beside it") + ", but " + compensations() + " need not follow: the flow can end " +
                  (rest.empty() ? "there" : "with " + short_name(t, rest.back().event));
    result.remedy = "add undo<" + short_name(t, step_) + ", &" + result.actor + "::...> to the flow of " +
                    result.service + "." + result.actor + ", with a reaction to " + short_name(t, f) +
                    " or to an event that always follows it";
    return result;
  }

  [[nodiscard]] finding unreachable() const {
    const auto& t = k_->t;
    auto result = about(t, step_, "compensation-unreachable");
    result.step = full_name(t, step_);
    std::vector<std::string> inputs;
    for (const auto* r : undone_by_) {
      inputs.push_back(r->where + " waits for " + short_name(t, r->input));
    }
    result.path = k_->ways.names(k_->ways.to(step_));
    result.text = "no failure can happen in a flow that has " + short_name(t, step_) +
                  ", so nothing starts its undo (" + listed(inputs) + ")";
    result.remedy = "mark the event that starts the undoing with (failure) in its schema, or drop the undo";
    return result;
  }

  const knowledge* k_;
  index step_;
  event_set goals_;
  std::vector<const reaction_row*> undone_by_;
};

} // namespace

void check_steps(const knowledge& k, std::vector<finding>& out) {
  for (index e = 0; e < k.t.events.size(); ++e) {
    if (!k.t.events[e].compensated_by.empty()) {
      step_check(k, e).run(out);
    }
  }
}

} // namespace reel::core::proof
