// Small choreographies for tests, each written as a few lines of text.
//
//   source intake publishes Placed
//   payment.Payment charge: Placed -> one_of Charged, Declined!
//   payment.Payment refund: NotShipped -> all Refunded~Charged undoing Charged
//   stock.Stock reserve: each Placed -> one_of Reserved, Short!          "each": the input names several entities
//   orders.Order deadline Expired! after Placed unless Charged, Declined
//   orders.Order until Completed
//
// A mark behind an event's name, wherever it stands, says what its schema would: `Declined!` is a failure, `Completed.`
// terminal, `Noted?` internal, and `Refunded~Charged` compensates Charged.
#pragma once

#include <reel/descriptor.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

class sketch {
public:
  explicit sketch(const std::string& text) {
    info_.name = "sketch";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.find_first_not_of(' ') != std::string::npos) {
        add(line);
      }
    }
    std::sort(info_.events.begin(), info_.events.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  [[nodiscard]] choreography_info& info() {
    return info_;
  }
  [[nodiscard]] event_info& event(std::string_view name) {
    const auto found =
        std::find_if(info_.events.begin(), info_.events.end(), [&](const event_info& e) { return e.name == name; });
    return found != info_.events.end() ? *found : info_.events.emplace_back(fresh(name));
  }

private:
  void add(const std::string& line) {
    std::istringstream words(line);
    std::string who;
    std::string what;
    words >> who >> what;
    if (who == "source") {
      source_info source{what, {}};
      words >> what; // publishes
      source.publishes = events(words);
      info_.sources.push_back(std::move(source));
      return;
    }
    auto& actor = actor_of(who);
    if (what == "deadline") {
      deadline_info deadline;
      words >> what;
      deadline.event = read(what);
      words >> what >> what; // after X
      deadline.after = read(what);
      if (words >> what) { // unless
        deadline.unless = events(words);
      }
      fold(actor, deadline.event);
      actor.deadlines.push_back(std::move(deadline));
    } else if (what == "until") {
      actor.ends = events(words);
      actor.end_keys.assign(actor.ends.size(), nullptr);
    } else if (what.ends_with(':')) {
      add_reaction(actor, what.substr(0, what.size() - 1), words);
    } else {
      throw std::invalid_argument("no line of a sketch: " + line);
    }
  }

  void add_reaction(actor_info& actor, const std::string& name, std::istringstream& words) {
    reaction_info r;
    r.name = keep(name);
    std::string word;
    words >> word;
    if (word == "each") {
      r.fans_out = true;
      words >> word;
    }
    r.input = read(word);
    words >> word >> word; // -> how
    static constexpr std::string_view names[]{"one_of", "maybe", "all", "many"};
    const auto* how = std::find(std::begin(names), std::end(names), word);
    if (how == std::end(names)) {
      throw std::invalid_argument("no arity: " + word);
    }
    r.outputs_arity = static_cast<arity>(how - std::begin(names));
    r.outputs = events(words, &r.undoes);
    for (const auto e : r.outputs) {
      fold(actor, e);
    }
    actor.reactions.push_back(std::move(r));
  }

  /// "A, B!, C" and, for a reaction, " undoing S".
  std::vector<event_type_id> events(std::istringstream& words, event_type_id* undoes = nullptr) {
    std::vector<event_type_id> all;
    for (std::string word; words >> word;) {
      if (undoes != nullptr && word == "undoing") {
        words >> word;
        *undoes = read(word);
      } else {
        all.push_back(read(word.ends_with(',') ? word.substr(0, word.size() - 1) : word));
      }
    }
    return all;
  }

  event_type_id read(const std::string& marked) {
    const auto name = marked.substr(0, marked.find_first_of("!.?~"));
    const auto has = [&](char mark) { return marked.find(mark) != std::string::npos; };
    if (const auto at = marked.find('~'); at != std::string::npos) {
      const auto step = marked.substr(at + 1, marked.find_first_of("!.?", at) - at - 1);
      const auto step_id = event(step).id; // the reference that event() gives lasts until the next event
      auto& e = event(name);
      e.compensates = keep(step);
      e.compensates_id = step_id;
    }
    auto& e = event(name);
    e.failure = e.failure || has('!');
    e.terminal = e.terminal || has('.');
    e.internal = e.internal || has('?');
    return e.id;
  }

  actor_info& actor_of(const std::string& who) {
    const auto dot = who.find('.');
    const auto service_name = who.substr(0, dot);
    const auto actor_name = who.substr(dot + 1);
    auto service = std::find_if(info_.services.begin(), info_.services.end(),
                                [&](const service_info& s) { return s.name == service_name; });
    if (service == info_.services.end()) {
      info_.services.push_back({});
      service = info_.services.end() - 1;
      service->name = service_name;
    }
    for (auto& actor : service->actors) {
      if (actor.name == actor_name) {
        return actor;
      }
    }
    auto& actor = service->actors.emplace_back();
    actor.name = keep(actor_name);
    return actor;
  }

  static void fold(actor_info& actor, event_type_id e) {
    actor.folds.push_back({e, nullptr});
  }
  event_info fresh(std::string_view name) {
    event_info e;
    e.name = keep(std::string(name));
    e.id = event_type_id{next_id_++};
    return e;
  }
  /// Descriptors hold views.
  std::string_view keep(const std::string& name) {
    return *names_.insert(name).first;
  }

  std::set<std::string> names_;
  choreography_info info_;
  std::uint32_t next_id_ = 1;
};

} // namespace reel::core
