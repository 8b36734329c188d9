// What the proof claims holds in every run: random small choreographies, every one of their executions.
#include "core/proof/must.hpp"
#include "core/proof/relations.hpp"
#include "zoo.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace reel;
using namespace reel::core;
using namespace reel::core::proof;

namespace {

constexpr std::size_t executions_max = 3000;

/// Runs a choreography, taking each choice in turn: next() goes to the next combination, like an odometer.
class executions {
public:
  explicit executions(const tables& t) : tables_(&t) {}

  /// The events of one execution.
  [[nodiscard]] std::set<index> run() {
    at_ = 0;
    std::set<index> happened;
    std::vector<index> open;
    for (index e = 0; e < tables_->events.size(); ++e) {
      if (!tables_->events[e].source.empty()) {
        open.push_back(e);
      }
    }
    for (std::size_t i = 0; i < open.size() && i < events_max; ++i) {
      happened.insert(open[i]);
      for (const auto r : tables_->events[open[i]].consumers) {
        const auto& row = tables_->reactions[r];
        for (int entity = 0; entity < (row.fans_out ? 2 : 1); ++entity) {
          react(row, open);
        }
      }
    }
    return happened;
  }
  bool next() {
    choices_.resize(at_);
    limits_.resize(at_);
    while (!choices_.empty() && choices_.back() + 1 == limits_.back()) {
      choices_.pop_back();
      limits_.pop_back();
    }
    if (choices_.empty()) {
      return false;
    }
    ++choices_.back();
    return true;
  }

private:
  static constexpr std::size_t events_max = 200;

  void react(const reaction_row& r, std::vector<index>& open) {
    if (r.how == arity::all) {
      open.insert(open.end(), r.outputs.begin(), r.outputs.end());
      return;
    }
    const auto chosen = choose(r.outputs.size() + (r.how == arity::maybe ? 1 : 0));
    if (chosen < r.outputs.size()) {
      open.push_back(r.outputs[chosen]);
    }
  }
  std::size_t choose(std::size_t limit) {
    if (at_ == choices_.size()) {
      choices_.push_back(0);
      limits_.push_back(limit);
    }
    return choices_[at_++];
  }

  const tables* tables_;
  std::vector<std::size_t> choices_;
  std::vector<std::size_t> limits_;
  std::size_t at_ = 0;
};

/// An acyclic choreography: every event but the first is published by one or two reactions to earlier ones.
std::string random_text(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const int events = 5 + below(5);
  const int undo = 3 + below(events - 3); // compensates E1, if that comes of a step
  const int failure = 2 + below(events - 2);
  std::string text = "source intake publishes E0\n";
  int reactions = 0;
  for (int e = 1; e < events; ++e) {
    for (int way = 0; way <= below(3) / 2; ++way) {
      const auto input = "E" + std::to_string(below(e));
      const bool is_undo = e == undo && undo != failure;
      std::string line = "s" + std::to_string(e % 3) + ".A r" + std::to_string(++reactions) + ": ";
      line += (below(8) == 0 ? "each " : "") + input + " -> ";
      const auto name = "E" + std::to_string(e) + (e == failure ? "!" : is_undo ? "~E1" : "");
      const auto other = e + 1 < events ? e + 1 + below(events - e - 1) : 0;
      const int how = is_undo ? 0 : below(4);
      const auto second = other != 0 && other != undo ? ", E" + std::to_string(other) : std::string();
      line += how == 0   ? "all " + name
              : how == 1 ? "maybe " + name
              : how == 2 ? "all " + name + second
                         : "one_of " + name + second;
      text += line + (is_undo ? " undoing E1" : "") + "\n";
    }
  }
  return text;
}

/// Undos make the analysis believe in tombstones, which no execution here knows.
choreography_info& without_undos(choreography_info& info) {
  for (auto& service : info.services) {
    for (auto& actor : service.actors) {
      for (auto& r : actor.reactions) {
        r.undoes = event_type_id{};
      }
    }
  }
  return info;
}

bool has(const std::set<index>& happened, index e) {
  return happened.count(e) > 0;
}

/// Claims about pairs of events, against one execution.
void compare(const tables& t, const relations& rel, const std::vector<event_set>& leads_to,
             const std::set<index>& happened) {
  for (index a = 0; a < t.events.size(); ++a) {
    for (index b = 0; b < t.events.size(); ++b) {
      CAPTURE(t.events[a].name);
      CAPTURE(t.events[b].name);
      if (a != b && rel.exclude(a, b)) {
        REQUIRE_FALSE((has(happened, a) && has(happened, b)));
      }
      if (rel.always_before(a, b) && has(happened, b)) {
        REQUIRE(has(happened, a));
      }
      if (leads_to[a][b] && has(happened, b)) {
        REQUIRE(has(happened, a));
      }
    }
  }
}

} // namespace

TEST_CASE("events that exclude each other, precede or follow inevitably do so in every execution") {
  std::size_t claims = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 random(seed);
    const auto text = random_text(random);
    CAPTURE(text);
    sketch s(text);
    auto t = make_tables(without_undos(s.info()));
    const relations rel(t);
    const must_analysis must(t, rel);
    std::vector<event_set> leads_to;
    for (index goal = 0; goal < t.events.size(); ++goal) {
      event_set goals(t.events.size(), false);
      goals[goal] = true;
      leads_to.push_back(must.lead_to(goals));
      for (index b = 0; b < t.events.size(); ++b) {
        claims += (goal != b && rel.exclude(goal, b)) + (goal != b && leads_to[goal][b]);
      }
    }
    executions all(t);
    std::size_t count = 0;
    do {
      compare(t, rel, leads_to, all.run());
    } while (all.next() && ++count < executions_max);
  }
  CHECK(claims > 500); // so that the comparison is not about nothing
}

TEST_CASE("where the check misses no undo, the compensation follows in every execution with step and failure") {
  std::size_t proved = 0;
  std::size_t refuted = 0;
  for (unsigned seed = 1; seed <= 600; ++seed) {
    std::mt19937 random(seed);
    const auto text = random_text(random);
    CAPTURE(text);
    sketch s(text);
    auto t = make_tables(s.info());
    const relations rel(t);
    std::set<std::string> missing;
    bool undos_are_right = true;
    for (const auto& f : check(s.info())) {
      if (f.code == "undo-missing") {
        missing.insert(f.failure);
      }
      undos_are_right = undos_are_right && !f.code.starts_with("undo-before") && !f.code.starts_with("undo-without") &&
                        !f.code.starts_with("undo-misses") && f.code != "compensation-without-undo";
    }
    refuted += !missing.empty();
    for (index step = 0; step < t.events.size() && undos_are_right && missing.empty(); ++step) {
      for (index failure = 0; failure < t.events.size(); ++failure) {
        if (t.events[step].compensated_by.empty() || !t.events[failure].failure || failure == step ||
            rel.always_before(failure, step)) {
          continue;
        }
        ++proved;
        executions all(t);
        std::size_t count = 0;
        do {
          const auto happened = all.run();
          if (has(happened, step) && has(happened, failure)) {
            REQUIRE(has(happened, t.events[step].compensated_by.front()));
          }
        } while (all.next() && ++count < executions_max);
      }
    }
  }
  CHECK(proved > 20);
  CHECK(refuted > 20);
}
