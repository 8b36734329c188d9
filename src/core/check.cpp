#include "core/check.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace reel::core {
namespace {

/// A reaction and where it stands.
struct placed_reaction {
  const reaction_info* reaction = nullptr;
  std::string where;
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
        place(actor, service.name + "." + std::string(actor.name));
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
    find_unreachable();
    return std::move(findings_);
  }

private:
  void place(const actor_info& actor, const std::string& where) {
    for (const auto& reaction : actor.reactions) {
      reactions_.push_back({&reaction, where + "." + std::string(reaction.name)});
      consumers_[reaction.input].push_back(reactions_.back().where);
      for (const auto id : reaction.outputs) {
        publishers_[id].insert(where);
      }
    }
    for (std::size_t i = 0; i < actor.ends.size(); ++i) {
      if (i < actor.end_keys.size() && actor.end_keys[i] != nullptr) {
        consumers_[actor.ends[i]].push_back(where + " (until)");
      } else {
        own_ends_.emplace_back(actor.ends[i], where + " (until)");
      }
    }
  }

  void report(std::string code, std::string_view where, std::string text) {
    findings_.push_back({severity::fault, std::move(code), std::string(where), std::move(text)});
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
               "two services or sources are called \"" + name + "\"; journals are named after them, so rename one");
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
                 "the service hosts two actors called " + std::string(actor.name) + "; rename one");
        }
      }
    }
    for (const auto& e : choreography_->events) {
      if (const auto* first = events_.at(e.id); first != &e) {
        report("duplicate-name", e.name,
               "its type id is also that of " + std::string(first->name) + "; rename one of the tables");
      }
    }
  }

  void find_unknown() {
    const auto look = [&](event_type_id id, std::string_view where) {
      if (events_.count(id) == 0) {
        report("event-unknown", where,
               "names " + name_of(id) + ", which is no event of this choreography; add its schema");
      }
    };
    for (const auto& source : choreography_->sources) {
      std::for_each(source.publishes.begin(), source.publishes.end(), [&](auto id) { look(id, source.name); });
    }
    for (const auto& [reaction, where] : reactions_) {
      look(reaction->input, where);
      for (const auto id : reaction->outputs) {
        look(id, where);
      }
    }
    for (const auto& [id, where] : own_ends_) {
      look(id, where);
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
        report("event-published-twice", e.name,
               who + " publish it, but an event belongs to one kind of entity; give each an event of its own");
      }
    }
  }

  void find_unhandled() {
    for (const auto& e : choreography_->events) {
      if (is_published(e.id) && consumers_.count(e.id) == 0 && !e.terminal && !e.internal) {
        report(
            "event-unhandled", e.name,
            "nobody reacts to it; add react<> to an actor, or mark the table (terminal) when a flow ends with it, or "
            "(internal) when only its publisher needs it");
      }
    }
  }

  void find_unpublished() {
    for (const auto& [id, consumers] : consumers_) {
      if (is_published(id)) {
        continue;
      }
      for (const auto& where : consumers) {
        report("event-unpublished", where,
               "waits for " + name_of(id) +
                   ", which nobody publishes; add it to what an actor's reaction returns, or to a "
                   "source");
      }
    }
    for (const auto& [id, where] : own_ends_) {
      if (!is_published(id)) {
        report("event-unpublished", where, "ends with " + name_of(id) + ", which nobody publishes");
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
        report("compensates-unknown", e.name,
               "compensates " + std::string(e.compensates) +
                   ", which nobody publishes; correct the name, or publish it");
      } else if (step->id != e.compensates_id) {
        report("compensates-unknown", e.name,
               "compensates " + std::string(e.compensates) + ", but under another type id; generate the traits again");
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
               "compensates " + std::string(step->name) + ", but no undo publishes it; add undo<" + short_name(*step) +
                   ", &...> with a reaction that returns " + short_name(e) + " to a flow");
      }
    }
  }

  static std::string short_name(const event_info& e) {
    return std::string(e.name.substr(e.name.rfind('.') + 1));
  }

  /// All events that may follow from a failure.
  [[nodiscard]] std::set<event_type_id> after_failures() const {
    std::set<event_type_id> reached;
    std::vector<event_type_id> open;
    const auto reach = [&](event_type_id id) {
      if (reached.insert(id).second) {
        open.push_back(id);
      }
    };
    for (const auto& e : choreography_->events) {
      if (e.failure && is_published(e.id)) {
        reach(e.id);
      }
    }
    while (!open.empty()) {
      const auto id = open.back();
      open.pop_back();
      for (const auto& p : reactions_) {
        if (p.reaction->input == id) {
          std::for_each(p.reaction->outputs.begin(), p.reaction->outputs.end(), reach);
        }
      }
    }
    return reached;
  }

  void find_unreachable() {
    const auto reached = after_failures();
    std::map<std::string_view, std::string> undos; // step -> the inputs of its undos
    std::set<std::string_view> good;
    for (const auto& [reaction, where] : reactions_) {
      const auto step = events_.find(reaction->undoes);
      if (reaction->undoes == event_type_id{} || step == events_.end()) {
        continue;
      }
      auto& inputs = undos[step->second->name];
      inputs += (inputs.empty() ? "" : ", ") + where + " waits for " + name_of(reaction->input);
      if (reached.count(reaction->input) > 0) {
        good.insert(step->second->name);
      }
    }
    for (const auto& [step, inputs] : undos) {
      if (good.count(step) == 0) {
        report("compensation-unreachable", step,
               "no failure leads to its undo (" + inputs +
                   "); react to a failure, or mark the event that starts the "
                   "undoing (failure)");
      }
    }
  }

  const choreography_info* choreography_;
  std::map<event_type_id, const event_info*> events_;
  std::map<event_type_id, std::set<std::string>> publishers_;
  std::map<event_type_id, std::vector<std::string>> consumers_;
  std::vector<std::pair<event_type_id, std::string>> own_ends_;
  std::vector<placed_reaction> reactions_;
  std::vector<finding> findings_;
};

} // namespace

std::vector<finding> check(const choreography_info& choreography) {
  return checker(choreography).run();
}

bool is_sound(const std::vector<finding>& findings) noexcept {
  return std::none_of(findings.begin(), findings.end(), [](const finding& f) { return f.how_bad == severity::fault; });
}

} // namespace reel::core
