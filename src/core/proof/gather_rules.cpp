#include "core/proof/rules.hpp"

#include <algorithm>

namespace reel::core::proof {
namespace {

/// A gather, and everything upstream that can turn off the way to its answers.
class gather_check {
public:
  gather_check(knowledge& k, index number) : k_(&k), number_(number), g_(&k.t.gathers[number]) {}

  void run(std::vector<finding>& out) {
    if (is_cut_short()) {
      return;
    }
    const auto settled = k_->must.lead_to(settling());
    event_set upstream(k_->t.events.size(), false);
    std::vector<index> open = g_->inputs;
    for (const auto e : open) {
      upstream[e] = true;
    }
    std::vector<index> choosing;
    for (std::size_t i = 0; i < open.size(); ++i) {
      for (const auto r : k_->t.events[open[i]].producers) {
        choosing.push_back(r);
        const auto cause = k_->t.reactions[r].input;
        if (!upstream[cause]) {
          upstream[cause] = true;
          open.push_back(cause);
        }
      }
    }
    std::sort(choosing.begin(), choosing.end());
    choosing.erase(std::unique(choosing.begin(), choosing.end()), choosing.end());
    for (const auto r : choosing) {
      check_choices(r, upstream, settled, out);
    }
  }

private:
  /// What makes an answer needless: another answer, an event by which the actor decides anyway, the end of the flow.
  [[nodiscard]] event_set settling() const {
    const auto& t = k_->t;
    event_set settled(t.events.size(), false);
    for (const auto e : g_->inputs) {
      settled[e] = true;
    }
    for (const auto d : g_->decisions) {
      for (const auto r : t.events[d].producers) {
        settled[t.reactions[r].input] = true;
      }
    }
    for (index e = 0; e < t.events.size(); ++e) {
      settled[e] = settled[e] || t.events[e].terminal;
    }
    return settled;
  }

  /// Whenever an answer has come, a deadline or another way decides without the rest.
  [[nodiscard]] bool is_cut_short() {
    const auto& t = k_->t;
    event_set ends(t.events.size(), false);
    for (index e = 0; e < t.events.size(); ++e) {
      ends[e] = t.events[e].terminal || std::count(g_->decisions.begin(), g_->decisions.end(), e) > 0;
    }
    k_->must.distrust(number_);
    const auto ended = k_->must.lead_to(ends);
    k_->must.distrust(none);
    return std::all_of(g_->inputs.begin(), g_->inputs.end(), [&](index answer) {
      for (index e = 0; e < t.events.size(); ++e) {
        if (ended[e] && k_->rel.always_before(e, answer)) {
          return true;
        }
      }
      return false;
    });
  }

  void check_choices(index reaction, const event_set& upstream, const event_set& settled, std::vector<finding>& out) {
    const auto& t = k_->t;
    const auto& r = t.reactions[reaction];
    const auto meets_answer = [&](index e) {
      return std::any_of(g_->inputs.begin(), g_->inputs.end(), [&](index in) { return !k_->rel.exclude(in, e); });
    };
    const bool may_be_nothing = !r.is_deadline && !k_->must.may_decline(reaction) && r.how != arity::all &&
                                r.how != arity::one_of && r.undoes == none && meets_answer(r.input);
    if (may_be_nothing && has_other_answer(r)) {
      out.push_back(waits(r, r.where + " may publish nothing", r.input));
    }
    for (const auto e : r.outputs) {
      const bool not_yet = t.events[e].internal && (t.gathers_for_real(r) || k_->must.may_decline(reaction));
      if (r.how == arity::one_of && !upstream[e] && !settled[e] && !not_yet && meets_answer(e)) {
        out.push_back(waits(r, short_name(t, e) + " may come instead", e));
      }
    }
  }

  /// One that comes in spite of this reaction, so that the gather has begun to wait.
  [[nodiscard]] bool has_other_answer(const reaction_row& r) const {
    return k_->rel.runs_repeatedly(r) || std::any_of(g_->inputs.begin(), g_->inputs.end(), [&](index in) {
             const auto& by = k_->t.events[in].producers;
             return std::none_of(by.begin(), by.end(), [&](index p) { return &k_->t.reactions[p] == &r; });
           });
  }

  [[nodiscard]] finding waits(const reaction_row& by, const std::string& why, index event) const {
    const auto& t = k_->t;
    std::vector<std::string> reactions;
    std::vector<std::string> answers;
    for (const auto r : g_->reactions) {
      reactions.push_back(std::string(t.reactions[r].name));
    }
    for (const auto e : g_->inputs) {
      answers.push_back(short_name(t, e));
    }
    const auto& first = t.reactions[g_->reactions.front()];
    auto result = about(t, first, "gather-may-wait");
    result.failure = full_name(t, event);
    result.path = k_->ways.names(k_->ways.to(event));
    result.where += " for " + by.where;
    result.text = listed(reactions) + " wait" + (reactions.size() == 1 ? "s" : "") + " until all of " +
                  listed(answers) + " have come, but " + why + ", and nothing then ends the waiting";
    result.remedy = "let " + result.service + "." + result.actor +
                    " react to what comes instead, or add deadline<..., "
                    "after<...>, unless<...>> to its flow";
    return result;
  }

  knowledge* k_;
  index number_;
  const gather_row* g_;
};

} // namespace

void check_gathers(knowledge& k, std::vector<finding>& out) {
  for (index g = 0; g < k.t.gathers.size(); ++g) {
    if (k.t.gathers[g].is_real) {
      gather_check(k, g).run(out);
    }
  }
}

} // namespace reel::core::proof
