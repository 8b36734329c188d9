#include "core/plain_faults.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace reel::core {
namespace {

/// Where something stands: a finding names it.
struct place {
  std::string service;
  std::string actor;
  std::string where; ///< "inventory.Stock.reserve"
};

struct placed_reaction {
  const reaction_info* reaction = nullptr;
  place at;
};

class checker {
public:
  explicit checker(const choreography_info& choreography) : choreography_(&choreography) {
    for (const auto& e : choreography.events) {
      events_.emplace(e.id, &e);
    }
    for (const auto& source : choreography.sources) {
      for (const auto id : source.publishes) {
        publishers_[id].insert(source.name);
      }
    }
    for (const auto& service : choreography.services) {
      for (const auto& actor : service.actors) {
        add(actor, {service.name, std::string(actor.name), service.name + "." + std::string(actor.name)});
      }
    }
  }

  std::vector<finding> run() {
    find_duplicates();
    find_unknown();
    find_published_twice();
    find_unhandled();
    find_unpublished();
    find_compensates_unknown();
    find_missing_undo();
    find_compensating_reactions();
    find_optional_fields();
    find_unread_versions();
    return std::move(findings_);
  }

private:
  void add(const actor_info& actor, const place& at) {
    for (const auto& reaction : actor.reactions) {
      reactions_.push_back({&reaction, {at.service, at.actor, at.where + "." + std::string(reaction.name)}});
      consumers_[reaction.input].push_back(reactions_.back().at);
      for (const auto id : reaction.outputs) {
        publishers_[id].insert(at.where);
      }
    }
    const place deadline{at.service, at.actor, at.where + " (deadline)"};
    for (const auto& d : actor.deadlines) {
      publishers_[d.event].insert(at.where);
      consumers_[d.after].push_back(deadline);
      for (const auto id : d.unless) {
        (publishes(actor, id) ? own_ : consumers_)[id].push_back(deadline);
      }
    }
    const place until{at.service, at.actor, at.where + " (until)"};
    for (std::size_t i = 0; i < actor.ends.size(); ++i) {
      const bool foreign = i < actor.end_keys.size() && actor.end_keys[i] != nullptr;
      (foreign ? consumers_ : own_)[actor.ends[i]].push_back(until);
    }
  }

  static bool publishes(const actor_info& actor, event_type_id id) {
    return std::any_of(actor.folds.begin(), actor.folds.end(), [&](const fold_info& f) { return f.event == id; });
  }

  void report(std::string code, const place& at, std::string text, std::string remedy) {
    finding f;
    f.code = std::move(code);
    f.where = at.where;
    f.service = at.service;
    f.actor = at.actor;
    f.text = std::move(text);
    f.remedy = std::move(remedy);
    findings_.push_back(std::move(f));
  }
  void report(std::string code, std::string_view where, std::string text, std::string remedy) {
    report(std::move(code), place{{}, {}, std::string(where)}, std::move(text), std::move(remedy));
  }
  [[nodiscard]] std::string name_of(event_type_id id) const {
    const auto found = events_.find(id);
    return found != events_.end() ? std::string(found->second->name)
                                  : "event type " + std::to_string(static_cast<std::uint32_t>(id));
  }
  [[nodiscard]] bool is_published(event_type_id id) const {
    return publishers_.count(id) > 0;
  }
  [[nodiscard]] const event_info* find(std::string_view name) const {
    const auto& all = choreography_->events;
    const auto found = std::find_if(all.begin(), all.end(), [&](const event_info& e) { return e.name == name; });
    return found != all.end() ? &*found : nullptr;
  }

  // -- names ----------------------------------------------------------------------------------------------------------

  void find_duplicates() {
    std::set<std::string_view> homes;
    const auto home = [&](const std::string& name) {
      if (!homes.insert(name).second) {
        report("duplicate-name", name,
               "two services or sources are called \"" + name + "\", and journals are named after them", "rename one");
      }
    };
    for (const auto& source : choreography_->sources) {
      home(source.name);
    }
    for (const auto& service : choreography_->services) {
      home(service.name);
      std::set<std::string_view> actors;
      for (const auto& actor : service.actors) {
        if (!actors.insert(actor.name).second) {
          report("duplicate-name", service.name + "." + std::string(actor.name),
                 "the service hosts two actors called " + std::string(actor.name), "rename one");
        }
      }
    }
    for (const auto& e : choreography_->events) {
      if (const auto* first = events_.at(e.id); first != &e) {
        report("duplicate-name", e.name, "its type id is also that of " + std::string(first->name),
               "rename one of the tables");
      }
    }
  }

  void look(event_type_id id, const place& at) {
    if (events_.count(id) == 0) {
      report("event-unknown", at, "names " + name_of(id) + ", which is no event of this choreography",
             "add its schema");
    }
  }

  void find_unknown() {
    for (const auto& source : choreography_->sources) {
      for (const auto id : source.publishes) {
        look(id, {{}, {}, source.name});
      }
    }
    for (const auto& [reaction, at] : reactions_) {
      look(reaction->input, at);
      for (const auto id : reaction->outputs) {
        look(id, at);
      }
    }
    for (const auto& [id, places] : own_) {
      std::for_each(places.begin(), places.end(), [&, id = id](const place& at) { look(id, at); });
    }
  }

  // -- who publishes, who reacts --------------------------------------------------------------------------------------

  void find_published_twice() {
    for (const auto& e : choreography_->events) {
      const auto found = publishers_.find(e.id);
      if (found != publishers_.end() && found->second.size() > 1) {
        std::string who;
        for (const auto& publisher : found->second) {
          who += (who.empty() ? "" : " and ") + publisher;
        }
        report("event-published-twice", e.name, who + " publish it, but an event belongs to one kind of entity",
               "give each an event of its own");
      }
    }
  }

  void find_unhandled() {
    for (const auto& e : choreography_->events) {
      if (is_published(e.id) && consumers_.count(e.id) == 0 && !e.terminal && !e.internal) {
        report(
            "event-unhandled", e.name, "nobody reacts to it",
            "add react<> to an actor, or mark the table (terminal) when a flow ends with it, or (internal) when only "
            "its publisher needs it");
      }
    }
  }

  void find_unpublished() {
    for (const auto* all : {&consumers_, &own_}) {
      for (const auto& [id, places] : *all) {
        if (is_published(id) || events_.count(id) == 0) {
          continue;
        }
        for (const auto& at : places) {
          report("event-unpublished", at, "waits for " + name_of(id) + ", which nobody publishes",
                 "add it to what an actor's reaction returns, to a source, or, when it says that a time is over, as "
                 "deadline<" +
                     short_name(*events_.at(id)) + ", after<...>, unless<...>> to a flow");
        }
      }
    }
  }

  // -- compensation ---------------------------------------------------------------------------------------------------

  void find_compensates_unknown() {
    for (const auto& e : choreography_->events) {
      if (e.compensates.empty()) {
        continue;
      }
      const auto* step = find(e.compensates);
      if (step == nullptr || !is_published(step->id)) {
        report("compensates-unknown", e.name, "compensates " + std::string(e.compensates) + ", which nobody publishes",
               "correct the name, or publish it");
      } else if (step->id != e.compensates_id) {
        report("compensates-unknown", e.name,
               "compensates " + std::string(e.compensates) + ", but under another type id",
               "generate the traits again");
      }
    }
  }

  [[nodiscard]] bool is_undone_by(const event_info& step, const event_info& compensation) const {
    return std::any_of(reactions_.begin(), reactions_.end(), [&](const placed_reaction& p) {
      const auto& outputs = p.reaction->outputs;
      return p.reaction->undoes == step.id &&
             std::find(outputs.begin(), outputs.end(), compensation.id) != outputs.end();
    });
  }

  void find_missing_undo() {
    for (const auto& e : choreography_->events) {
      const auto* step = e.compensates.empty() ? nullptr : find(e.compensates);
      if (step != nullptr && !is_undone_by(*step, e)) {
        report("compensation-without-undo", e.name,
               "compensates " + std::string(step->name) + ", but no undo of that step publishes it",
               "add undo<" + short_name(*step) + ", &...> with a reaction that returns " + short_name(e) +
                   " to a flow");
        findings_.back().step = step->name;
      }
    }
  }

  /// Only what is declared as an undo is proved to be one.
  void find_compensating_reactions() {
    for (const auto& [reaction, at] : reactions_) {
      for (const auto id : reaction->outputs) {
        const auto e = events_.find(id);
        if (reaction->undoes != event_type_id{} || e == events_.end() || e->second->compensates.empty()) {
          continue;
        }
        const auto* step = find(e->second->compensates);
        const auto step_name = step != nullptr ? short_name(*step) : std::string(e->second->compensates);
        report("compensation-by-reaction", at,
               "publishes " + short_name(*e->second) + ", which compensates " + step_name + ", but is no undo",
               "declare it as undo<" + step_name + ", &" + at.actor + "::" + std::string(reaction->name) + ">");
        findings_.back().step = e->second->compensates;
      }
    }
  }

  static std::string short_name(const event_info& e) {
    return std::string(e.name.substr(e.name.rfind('.') + 1));
  }

  // -- fields ---------------------------------------------------------------------------------------------------------

  void find_optional_fields() {
    for (const auto& e : choreography_->events) {
      const auto found = std::find_if(reactions_.begin(), reactions_.end(),
                                      [&](const placed_reaction& p) { return p.reaction->input == e.id; });
      if (found == reactions_.end()) {
        continue;
      }
      for (const auto field : e.optional_fields) {
        report("field-optional", found->at, {}, "mark it (required) in its schema");
        findings_.back().where = std::string(e.name) + "." + std::string(field);
        findings_.back().text = found->at.where + " reads the event, but this field may be absent";
      }
    }
  }

  // -- versions -------------------------------------------------------------------------------------------------------

  /// Journals may hold every version from the first on.
  void find_unread_versions() {
    for (const auto& e : choreography_->events) {
      for (unsigned version = 1; version < e.version; ++version) {
        const auto steps =
            std::count_if(e.upcasts.begin(), e.upcasts.end(), [&](const upcast_info& u) { return u.from == version; });
        const auto number = std::to_string(version);
        const auto where = std::string(e.name) + " version " + number;
        if (steps == 0) {
          report("upcast-missing", where,
                 "the event has version " + std::to_string(e.version) + ", but nothing turns version " + number +
                     " into a later one, so journals that hold it cannot be read",
                 "keep what it was as a table (older:\"" + std::string(e.name) + "\", version:\"" + number +
                     "\"), and add .upcasts<&...> with a function from it to the service or source");
        } else if (steps > 1) {
          report("upcast-twice", where, "several upcasts begin with it, and only one of them would run",
                 "keep one of them");
        }
      }
    }
  }

  const choreography_info* choreography_;
  std::map<event_type_id, const event_info*> events_;
  std::map<event_type_id, std::set<std::string>> publishers_;
  std::map<event_type_id, std::vector<place>> consumers_;
  std::map<event_type_id, std::vector<place>> own_; ///< waits of an actor for an event of its own
  std::vector<placed_reaction> reactions_;
  std::vector<finding> findings_;
};

} // namespace

std::vector<finding> find_plain_faults(const choreography_info& choreography) {
  return checker(choreography).run();
}

} // namespace reel::core
