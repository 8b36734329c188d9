#include "core/proof/rules.hpp"

#include <algorithm>
#include <array>

namespace reel::core::proof {
namespace {

/// One undo, and whether it can do what it is for.
class undo_check {
public:
  undo_check(const knowledge& k, const reaction_row& undo) : k_(&k), u_(&undo) {}

  void run(std::vector<finding>& out) {
    if (k_->rel.exclude(u_->undoes, u_->input)) {
      out.push_back(impossible());
      return;
    }
    if (const auto failed = failures_left(); !failed.empty()) {
      out.push_back(may_fail(failed));
    }
    const bool undecided = comes_undecided(k_->t, k_->rel, *u_);
    const bool certain = k_->rel.always_before(u_->undoes, u_->input);
    if (undecided && is_guaranteed() && !u_->fans_out) {
      out.push_back(before_step("may come before it is decided whether " + step() + " happens"));
    } else if (undecided) {
      check_tombstone(out);
    } else if (certain && may_do_nothing()) {
      out.push_back(may_not_happen());
    } else if (!certain && is_guaranteed() && !u_->fans_out) {
      out.push_back(before_step("may come in a flow without " + step()));
    }
    if (misses_entities()) {
      out.push_back(misses());
    }
  }

private:
  [[nodiscard]] std::string step() const {
    return short_name(k_->t, u_->undoes);
  }
  [[nodiscard]] std::string trigger() const {
    return short_name(k_->t, u_->input);
  }
  [[nodiscard]] bool compensates(index e) const {
    return k_->t.events[e].compensates == u_->undoes;
  }
  [[nodiscard]] std::string compensation() const {
    const auto found = std::find_if(u_->outputs.begin(), u_->outputs.end(), [&](index e) { return compensates(e); });
    return found != u_->outputs.end() ? short_name(k_->t, *found) : "the compensation";
  }
  [[nodiscard]] finding start(std::string code) const {
    auto result = about(k_->t, *u_, std::move(code));
    result.step = full_name(k_->t, u_->undoes);
    result.failure = full_name(k_->t, u_->input);
    result.path = k_->ways.names(k_->ways.to(u_->input));
    return result;
  }

  [[nodiscard]] bool is_guaranteed() const {
    const auto undoing = [&](index e) { return compensates(e); };
    return u_->how == arity::all
               ? std::any_of(u_->outputs.begin(), u_->outputs.end(), undoing)
               : u_->how == arity::one_of && std::all_of(u_->outputs.begin(), u_->outputs.end(), undoing);
  }
  /// Apart from failing, which is another finding.
  [[nodiscard]] bool may_do_nothing() const {
    const auto other = [&](index e) { return !compensates(e) && !k_->t.events[e].failure; };
    return u_->how == arity::maybe || u_->how == arity::many ||
           (u_->how == arity::one_of && std::any_of(u_->outputs.begin(), u_->outputs.end(), other));
  }

  /// Failures among the outputs from which the compensation does not follow.
  [[nodiscard]] std::vector<std::string> failures_left() const {
    std::vector<std::string> names;
    if (u_->how == arity::all) {
      return names;
    }
    event_set goals(k_->t.events.size(), false);
    for (index e = 0; e < goals.size(); ++e) {
      goals[e] = compensates(e);
    }
    const auto undone = k_->must.lead_to(goals, std::array{u_->undoes});
    for (const auto e : u_->outputs) {
      if (k_->t.events[e].failure && !undone[e]) {
        names.push_back(short_name(k_->t, e));
      }
    }
    return names;
  }

  /// The entity knows by an event of its own that it must not do the step any more.
  [[nodiscard]] bool leaves_tombstone() const {
    const auto& t = k_->t;
    if (std::any_of(u_->outputs.begin(), u_->outputs.end(), [&](index e) { return t.events[e].internal; })) {
      return true;
    }
    for (index e = 0; e < t.events.size(); ++e) {
      if (e != u_->undoes && t.events[e].actor == u_->actor && k_->rel.always_before(e, u_->input) &&
          !k_->rel.always_before(e, u_->undoes)) {
        return true;
      }
    }
    return false;
  }

  void check_tombstone(std::vector<finding>& out) const {
    const auto& t = k_->t;
    if (!leaves_tombstone()) {
      auto result = start("undo-without-tombstone");
      result.text = trigger() + " may come before it is decided whether " + step() +
                    " happens; the undo then publishes "
                    "nothing that the entity would remember, so " +
                    step() + " may still happen and is never undone";
      result.remedy = "let the undo publish an (internal) event instead of " + compensation() +
                      " when there is nothing to undo, one_of<" + compensation() +
                      ", ...>, and let the step look for it";
      out.push_back(std::move(result));
      return;
    }
    for (const auto r : t.events[u_->undoes].producers) {
      const auto& row = t.reactions[r];
      const bool declines =
          row.how == arity::maybe || row.how == arity::many || (row.how == arity::one_of && row.outputs.size() > 1);
      if (!declines && !k_->rel.decided_before(r, u_->input)) {
        auto result = start("undo-without-tombstone");
        result.text = trigger() + " may come before it is decided whether " + step() + " happens, and " + row.where +
                      " cannot do anything else than publish " + step() + " afterwards";
        result.remedy = "let " + row.where + " return maybe<" + step() + "> or one_of<" + step() +
                        ", ...>, so that it can decline what has been undone already";
        out.push_back(std::move(result));
      }
    }
  }

  [[nodiscard]] bool misses_entities() const {
    return k_->rel.is_multiple(u_->undoes) && !u_->fans_out && !k_->rel.is_multiple(u_->input);
  }

  [[nodiscard]] finding impossible() const {
    auto result = start("undo-impossible");
    result.text = step() + " and " + trigger() + " never happen in one flow, so this undo never has anything to undo";
    result.remedy = "react to a failure that can happen after " + step() + ", or drop the undo";
    return result;
  }
  [[nodiscard]] finding may_fail(const std::vector<std::string>& failed) const {
    auto result = start("undo-may-fail");
    result.text = "the undo of " + step() + " may publish " + listed(failed, "or") + " instead of " + compensation() +
                  ", and nothing brings " + compensation() + " after that";
    result.remedy = "let a compensation always succeed and leave the retries to an effect, or add undo<" + step() +
                    ", &" + result.actor + "::...> with a reaction to " + listed(failed, "or");
    return result;
  }
  [[nodiscard]] finding before_step(const std::string& why) const {
    auto result = start("undo-before-step");
    result.text = "always publishes " + compensation() + ", but " + trigger() + " " + why;
    result.remedy = "return maybe<" + compensation() + "> and publish nothing when " + step() +
                    " has not happened, or react to an event that comes after " + step() + " only";
    return result;
  }
  [[nodiscard]] finding may_not_happen() const {
    auto result = start("undo-may-not-happen");
    result.text =
        step() + " has always happened when " + trigger() + " comes, but the undo may leave " + compensation() + " out";
    result.remedy = "return all<" + compensation() + ">: there is always something to undo";
    return result;
  }
  [[nodiscard]] finding misses() const {
    auto result = start("undo-misses-entities");
    result.text =
        "several entities may have published " + step() + " in one flow, but " + trigger() + " concerns one of them";
    result.remedy = "let keys(const " + trigger() + "&) return all entities that have to undo " + step();
    return result;
  }

  const knowledge* k_;
  const reaction_row* u_;
};

void check_twice(const knowledge& k, const reaction_row& first, const reaction_row& second, std::vector<finding>& out) {
  const auto certain = [&](const reaction_row& r) {
    return r.how == arity::all || (r.how == arity::one_of && r.outputs.size() == 1);
  };
  if (first.undoes != second.undoes || !certain(first) || !certain(second) ||
      k.rel.exclude(first.input, second.input)) {
    return;
  }
  auto result = about(k.t, second, "undo-twice");
  result.step = full_name(k.t, second.undoes);
  result.failure = full_name(k.t, second.input);
  result.path = k.ways.names(k.ways.to(second.input));
  result.text = first.where + " undoes " + short_name(k.t, second.undoes) + " as well, after " +
                short_name(k.t, first.input) + ", and both may run in one flow";
  result.remedy =
      "undo in reaction to one event that always follows, or return maybe<> and publish nothing when it has "
      "been undone already";
  out.push_back(std::move(result));
}

} // namespace

void check_undos(const knowledge& k, std::vector<finding>& out) {
  std::vector<const reaction_row*> undos;
  for (const auto& r : k.t.reactions) {
    if (r.undoes != none && !k.t.events[r.undoes].producers.empty()) {
      undos.push_back(&r);
      undo_check(k, r).run(out);
    }
  }
  for (std::size_t i = 0; i < undos.size(); ++i) {
    for (std::size_t j = i + 1; j < undos.size(); ++j) {
      check_twice(k, *undos[i], *undos[j], out);
    }
  }
}

} // namespace reel::core::proof
