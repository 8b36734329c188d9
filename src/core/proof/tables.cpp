#include "core/proof/tables.hpp"

#include <algorithm>
#include <map>

namespace reel::core::proof {
namespace {

class table_maker {
public:
  explicit table_maker(const choreography_info& choreography) : choreography_(&choreography) {
    for (const auto& e : choreography.events) {
      places_.emplace(e.id, static_cast<index>(result_.events.size()));
      event_row row;
      row.name = e.name;
      row.short_name = e.name.substr(e.name.rfind('.') + 1);
      row.failure = e.failure;
      row.terminal = e.terminal;
      row.internal = e.internal;
      result_.events.push_back(std::move(row));
    }
    for (std::size_t i = 0; i < choreography.events.size(); ++i) {
      const auto step = find(choreography.events[i].compensates_id);
      if (choreography.events[i].compensates_id != event_type_id{} && step != none) {
        result_.events[i].compensates = step;
        result_.events[step].compensated_by.push_back(static_cast<index>(i));
      }
    }
  }

  tables make() {
    for (const auto& source : choreography_->sources) {
      for (const auto id : source.publishes) {
        if (const auto e = find(id); e != none) {
          result_.events[e].source = source.name;
        }
      }
    }
    for (const auto& service : choreography_->services) {
      for (const auto& actor : service.actors) {
        result_.actors.push_back({service.name, actor.name, {}});
        add(actor, service.name + "." + std::string(actor.name));
      }
    }
    for (index a = 0; a < result_.actors.size(); ++a) {
      find_gathers(a);
    }
    return std::move(result_);
  }

private:
  [[nodiscard]] index find(event_type_id id) const {
    const auto place = places_.find(id);
    return place != places_.end() ? place->second : none;
  }
  [[nodiscard]] std::vector<index> find_all(const std::vector<event_type_id>& ids) const {
    std::vector<index> all;
    for (const auto id : ids) {
      if (const auto e = find(id); e != none) {
        all.push_back(e);
      }
    }
    return all;
  }

  void add(const actor_info& actor, const std::string& where) {
    for (const auto& reaction : actor.reactions) {
      reaction_row row;
      row.where = where + "." + std::string(reaction.name);
      row.name = reaction.name;
      row.input = find(reaction.input);
      row.how = reaction.outputs_arity;
      row.outputs = find_all(reaction.outputs);
      row.undoes = reaction.undoes != event_type_id{} ? find(reaction.undoes) : none;
      row.fans_out = reaction.fans_out;
      add(std::move(row));
    }
    for (const auto& deadline : actor.deadlines) {
      reaction_row row;
      row.where = where + " (deadline)";
      row.name = "deadline";
      row.input = find(deadline.after);
      row.how = arity::maybe;
      row.outputs = find_all({deadline.event});
      row.is_deadline = true;
      row.unless = find_all(deadline.unless);
      add(std::move(row));
    }
  }

  void add(reaction_row row) {
    if (row.input == none) {
      return; // the plain check says so
    }
    const auto r = static_cast<index>(result_.reactions.size());
    row.actor = static_cast<index>(result_.actors.size() - 1);
    result_.actors.back().reactions.push_back(r);
    result_.events[row.input].consumers.push_back(r);
    for (const auto e : row.outputs) {
      result_.events[e].producers.push_back(r);
      result_.events[e].actor = row.actor;
    }
    result_.reactions.push_back(std::move(row));
  }

  [[nodiscard]] bool may_wait(const reaction_row& row) const {
    const auto internal = [&](index e) { return result_.events[e].internal; };
    return row.how == arity::one_of && std::any_of(row.outputs.begin(), row.outputs.end(), internal) &&
           !std::all_of(row.outputs.begin(), row.outputs.end(), internal);
  }

  /// Reactions that share a decision gather together.
  void find_gathers(index actor) {
    for (const auto r : result_.actors[actor].reactions) {
      if (!may_wait(result_.reactions[r])) {
        continue;
      }
      gather_row merged{actor, {r}, {}, decisions_of(result_.reactions[r]), false};
      std::vector<gather_row> others;
      for (auto& g : result_.gathers) {
        const bool shares = g.actor == actor && std::any_of(g.decisions.begin(), g.decisions.end(),
                                                            [&](index e) { return contains(merged.decisions, e); });
        if (shares) {
          merged.reactions.insert(merged.reactions.end(), g.reactions.begin(), g.reactions.end());
          merged.decisions.insert(merged.decisions.end(), g.decisions.begin(), g.decisions.end());
        } else {
          others.push_back(std::move(g));
        }
      }
      result_.gathers = std::move(others);
      result_.gathers.push_back(std::move(merged));
    }
    for (index g = 0; g < result_.gathers.size(); ++g) {
      auto& gather = result_.gathers[g];
      if (gather.actor != actor) {
        continue;
      }
      std::sort(gather.reactions.begin(), gather.reactions.end());
      make_unique(gather.decisions);
      for (const auto r : gather.reactions) {
        gather.inputs.push_back(result_.reactions[r].input);
      }
      make_unique(gather.inputs);
      // The numbers of earlier gathers have not changed: those of an actor are made together, and stand last.
      for (const auto r : gather.reactions) {
        result_.reactions[r].gather = g;
      }
    }
  }

  [[nodiscard]] std::vector<index> decisions_of(const reaction_row& row) const {
    std::vector<index> decisions;
    for (const auto e : row.outputs) {
      if (!result_.events[e].internal) {
        decisions.push_back(e);
      }
    }
    return decisions;
  }
  static bool contains(const std::vector<index>& all, index e) {
    return std::find(all.begin(), all.end(), e) != all.end();
  }
  static void make_unique(std::vector<index>& all) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }

  const choreography_info* choreography_;
  tables result_;
  std::map<event_type_id, index> places_;
};

} // namespace

bool reaction_row::publishes(index event) const noexcept {
  return std::find(outputs.begin(), outputs.end(), event) != outputs.end();
}

tables make_tables(const choreography_info& choreography) {
  return table_maker(choreography).make();
}

} // namespace reel::core::proof
