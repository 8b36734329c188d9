// Runs a choreography in memory, one event at a time, in an order that a seed chooses: no log, no frames, no actors.
//
// It knows only what a choreography may rely on: a partition handles the events of one journal in their order, each
// exactly once, and handles no event before those that caused it. Everything else is left to chance, with lanes that
// are slow for a whole run, so that races which are rare on a real machine happen in every run. A choreography that
// holds here holds in any runtime that keeps these promises.
#pragma once

#include "core/hash.hpp"

#include <reel/context.hpp>
#include <reel/detail/rehearsal.hpp>
#include <reel/invariant.hpp>
#include <reel/outbox.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace reel::test {

/// Lifecycle: construct, take_in() all events from outside, run(), look. The choreography must outlive it.
class interpreter {
public:
  /// `sources`: partitions of each source; `partitions`: of each service.
  interpreter(const choreography_info& choreography, std::uint64_t seed, std::uint32_t sources,
              std::uint32_t partitions)
      : choreography_(&choreography), random_(seed) {
    for (const auto& type : choreography.events) {
      types_.emplace(type.id, &type);
    }
    for (const auto& source : choreography.sources) {
      add_journals(nullptr, source.name, sources);
    }
    for (const auto& service : choreography.services) {
      add_journals(&service, service.name, partitions);
    }
    for (auto& p : partitions_) {
      connect(p);
    }
  }

  /// Appends the events to the journals of a source, in their order.
  void take_in(std::string_view source, const outbox& events) {
    for (std::uint32_t i = 0; i < events.size(); ++i) {
      const auto event = events.event(i);
      const auto key = key_of(event.type, event.payload.data());
      auto& p = partition_for(source, key);
      append(p, event, {}, core::correlation_of(key));
    }
  }

  /// Until nothing is left to handle.
  void run() {
    while (step()) {
    }
  }

  /// Handles one event in one partition. False when there was none that may be handled.
  bool step() {
    candidates_.clear();
    std::uint64_t total = 0;
    for (auto& p : partitions_) {
      for (auto& l : p.lanes) {
        if (l.next < partitions_[l.journal].journal.size() && may_handle(p, l)) {
          candidates_.push_back({&p, &l});
          total += l.weight;
        }
      }
    }
    if (!owed_.empty() && (candidates_.empty() || random_() % 2 == 0)) {
      answer();
      return true;
    }
    if (timed_ > 0 && (candidates_.empty() || random_() % deadline_rarity == 0)) {
      pass_deadline();
      return true;
    }
    if (candidates_.empty()) {
      return false;
    }
    auto chosen = random_() % total;
    for (const auto& c : candidates_) {
      if (chosen < c.from->weight) {
        handle(*c.reader, *c.from);
        break;
      }
      chosen -= c.from->weight;
    }
    return true;
  }

  /// All events, causes before their effects.
  [[nodiscard]] std::vector<fact> facts() const {
    std::vector<fact> result;
    for (const auto& [journal, index] : order_) {
      const auto& r = partitions_[journal].journal[index];
      result.push_back({.type = r.type,
                        .payload = bytes(r),
                        .id = r.id,
                        .cause = r.cause,
                        .correlation = r.correlation,
                        .service = partitions_[journal].name,
                        .key = r.key});
    }
    return result;
  }

  [[nodiscard]] std::size_t count(event_type_id type) const {
    const auto it = counts_.find(type);
    return it != counts_.end() ? it->second : 0;
  }

  /// Reactions that threw, as text.
  [[nodiscard]] const std::vector<std::string>& failures() const noexcept {
    return failures_;
  }

  /// Calls `visit(actor, key, state as text)` for every entity that is not forgotten.
  template <class Visit>
  void for_each_entity(Visit visit) const {
    for (const auto& p : partitions_) {
      for (std::size_t a = 0; a < p.tables.size(); ++a) {
        p.tables[a]->for_each([&](std::string_view key, const void* entity) {
          visit(p.service->actors[a].name, key, p.tables[a]->describe(entity));
        });
      }
    }
  }

  /// Folds every journal again, as recovery does, and says where the state differs from the one that was reached by
  /// running.
  [[nodiscard]] std::vector<std::string> recover_and_compare() const {
    std::vector<std::string> differences;
    for (const auto& p : partitions_) {
      if (p.service != nullptr) {
        compare(p, recovered(p), differences);
      }
    }
    return differences;
  }

private:
  struct ended_entity {
    std::size_t actor;
    std::string key;
  };
  /// A deadline that may pass at any moment: a choreography must hold whatever the time is.
  struct armed_deadline {
    std::size_t actor = 0;
    const deadline_info* info = nullptr;
    std::string key;
    event_id cause;
    correlation_id correlation{};
  };
  struct record {
    const event_info* type = nullptr;
    std::vector<std::uint64_t> payload; // of 64-bit words: events must be aligned
    event_id id;
    event_id cause;
    correlation_id correlation{};
    std::string key;
    std::vector<std::uint64_t> depends; // by journal: how many of its events came before
  };
  struct lane {
    std::size_t journal = 0; // index in partitions_
    std::size_t next = 0;
    std::uint64_t weight = 1;
  };
  struct partition {
    const service_info* service = nullptr; // null for a source
    std::string name;
    std::size_t number = 0; // in partitions_
    std::uint32_t index = 0;
    std::uint32_t count = 1;
    journal_id id{};
    std::deque<record> journal;
    std::multimap<std::size_t, ended_entity> ended; // by the length of the journal at the time
    std::vector<std::unique_ptr<entity_table>> tables;
    std::vector<lane> lanes;
    std::vector<armed_deadline> armed;
    std::vector<std::uint64_t> clock; // by journal
  };
  struct candidate {
    partition* reader;
    lane* from;
  };

  void add_journals(const service_info* service, const std::string& name, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      auto& p = partitions_.emplace_back();
      p.service = service;
      p.name = name;
      p.number = partitions_.size() - 1;
      p.index = i;
      p.count = count;
      p.id = core::journal_id_of(name + "/" + std::to_string(i));
      for (std::size_t a = 0; service != nullptr && a < service->actors.size(); ++a) {
        p.tables.push_back(service->actors[a].make_table());
      }
    }
  }

  void connect(partition& p) {
    constexpr std::uint64_t weights[] = {1, 8, 64};
    p.clock.resize(partitions_.size());
    for (std::size_t j = 0; p.service != nullptr && j < partitions_.size(); ++j) {
      if (reads(*p.service, partitions_[j].name)) {
        p.lanes.push_back({j, 0, weights[random_() % std::size(weights)]});
      }
    }
  }

  /// Whether anything that the service or source publishes concerns the reader.
  [[nodiscard]] bool reads(const service_info& reader, std::string_view publisher) const {
    std::vector<event_type_id> published;
    for (const auto& source : choreography_->sources) {
      if (source.name == publisher) {
        published = source.publishes;
      }
    }
    for (const auto& service : choreography_->services) {
      for (const auto& actor : service.actors) {
        for (const auto& fold : actor.folds) {
          if (service.name == publisher) {
            published.push_back(fold.event);
          }
        }
      }
    }
    const auto is_published = [&](event_type_id type) {
      return std::find(published.begin(), published.end(), type) != published.end();
    };
    return std::any_of(reader.actors.begin(), reader.actors.end(), [&](const actor_info& actor) {
      return std::any_of(actor.reactions.begin(), actor.reactions.end(),
                         [&](const reaction_info& r) { return !r.effect && is_published(r.input); }) ||
             std::any_of(actor.ends.begin(), actor.ends.end(), is_published);
    });
  }

  /// Only journals that the partition reads count: it never hears of the others.
  [[nodiscard]] bool may_handle(const partition& p, const lane& l) const {
    const auto* depends = partitions_[l.journal].journal[l.next].depends.data();
    for (const auto& other : p.lanes) {
      if (depends[other.journal] > other.next && other.journal != l.journal) {
        return false;
      }
    }
    return true;
  }

  void handle(partition& p, lane& l) {
    const auto& r = partitions_[l.journal].journal[l.next++];
    for (std::size_t j = 0; j < p.clock.size(); ++j) {
      p.clock[j] = std::max(p.clock[j], r.depends[j]);
    }
    p.clock[l.journal] = std::max<std::uint64_t>(p.clock[l.journal], l.next);
    for (std::size_t a = 0; a < p.service->actors.size(); ++a) {
      const auto& actor = p.service->actors[a];
      for (const auto& deadline : actor.deadlines) {
        if (deadline.after == r.type->id && deadline.after_keys != nullptr) {
          for_each_key(p, deadline.after_keys, r, [&](std::string_view key) { start(p, a, deadline, r, key); });
        }
        for (std::size_t u = 0; u < deadline.unless.size(); ++u) {
          if (deadline.unless[u] == r.type->id && deadline.unless_keys[u] != nullptr) {
            for_each_key(p, deadline.unless_keys[u], r, [&](std::string_view key) { stop(p, a, key, &deadline); });
          }
        }
      }
      for (const auto& reaction : actor.reactions) {
        if (reaction.input == r.type->id && !reaction.effect) {
          for_each_key(p, reaction.keys, r, [&](std::string_view key) { react(p, a, reaction, r, key); });
        }
      }
      for (std::size_t e = 0; e < actor.ends.size(); ++e) {
        if (actor.ends[e] == r.type->id && actor.end_keys[e] != nullptr) {
          for_each_key(p, actor.end_keys[e], r, [&](std::string_view key) { end(p, a, key); });
        }
      }
    }
  }

  template <class Visit>
  void for_each_key(const partition& p, void (*keys)(const std::byte*, key_list&), const record& r, Visit visit) {
    key_list found;
    keys(bytes(r), found);
    for (const auto key : found.keys()) {
      if (core::partition_of(key, p.count) == p.index) {
        visit(key);
      }
    }
  }

  /// The world answers one of the calls that are owed, whichever.
  void answer() {
    const auto place = owed_.begin() + static_cast<std::ptrdiff_t>(random_() % owed_.size());
    const auto [number, index, actor, reaction] = *place;
    owed_.erase(place);
    auto& p = partitions_[number];
    const auto& r = p.journal[index];
    const effect_context::call call{r.key, r.id, r.correlation, 1, {}, p.service->provides};
    const bool is_away = reaction->effect->give_up != nullptr && random_() % 16 == 0;
    const auto end = is_away ? detail::effect_end{nullptr, effect_failure{"away", false, 1}}
                             : detail::rehearse(*reaction->effect, call, bytes(r));
    react(p, actor, *reaction, r, r.key, &end);
  }

  void react(partition& p, std::size_t actor, const reaction_info& reaction, const record& r, std::string_view key,
             const detail::effect_end* end = nullptr) {
    outbox_.clear();
    published_.clear();
    try {
      const context ctx(key, timestamp{}, r.id, r.correlation, outbox_, p.service->provides);
      const auto* const entity = p.tables[actor]->find(key);
      if (end == nullptr) {
        reaction.run(entity, bytes(r), ctx, published_);
      } else if (end->failure) {
        reaction.effect->give_up(entity, bytes(r), &*end->failure, ctx, published_);
      } else {
        reaction.effect->conclude(entity, bytes(r), end->answer.get(), ctx, published_);
      }
    } catch (const std::exception& failure) {
      failures_.push_back(std::string(reaction.name) + " of " + std::string(key) + ": " + failure.what());
      return;
    }
    publish(p, actor, reaction.name, r.id, r.correlation, key);
  }

  // By value: what caused it may be in the journal that grows.
  void publish(partition& p, std::size_t actor, std::string_view by, event_id cause, correlation_id correlation,
               std::string_view key) {
    for (const auto index : published_) {
      const auto event = outbox_.event(index);
      if (key_of(event.type, event.payload.data()) != key) {
        throw std::logic_error(std::string(by) + " publishes for another entity");
      }
      append(p, event, cause, correlation);
      fold(p.tables, *p.service, p.journal.back());
      own_event(p, actor, p.journal.back(), key);
    }
  }

  // -- deadlines --

  void own_event(partition& p, std::size_t actor, const record& r, std::string_view key) {
    const auto& info = p.service->actors[actor];
    const auto type = r.type->id;
    for (const auto& deadline : info.deadlines) {
      for (std::size_t u = 0; u < deadline.unless.size(); ++u) {
        if (deadline.unless[u] == type && deadline.unless_keys[u] == nullptr) {
          stop(p, actor, key, &deadline);
        }
      }
      if (deadline.event == type) {
        stop(p, actor, key, &deadline);
      }
      if (deadline.after == type && deadline.after_keys == nullptr) {
        start(p, actor, deadline, r, key);
      }
    }
    if (std::find(info.ends.begin(), info.ends.end(), type) != info.ends.end()) {
      stop(p, actor, key, nullptr);
    }
  }

  void start(partition& p, std::size_t actor, const deadline_info& deadline, const record& r, std::string_view key) {
    stop(p, actor, key, &deadline);
    p.armed.push_back({actor, &deadline, std::string(key), r.id, r.correlation});
    ++timed_;
  }

  /// All of the entity when `deadline` is null.
  void stop(partition& p, std::size_t actor, std::string_view key, const deadline_info* deadline) {
    timed_ -= std::erase_if(p.armed, [&](const armed_deadline& armed) {
      return armed.actor == actor && armed.key == key && (deadline == nullptr || armed.info == deadline);
    });
  }

  void pass_deadline() {
    auto chosen = random_() % timed_;
    for (auto& p : partitions_) {
      if (chosen < p.armed.size()) {
        const auto passes = p.armed[chosen]; // by value: publishing takes it out
        outbox_.clear();
        published_.clear();
        const context ctx(passes.key, timestamp{}, passes.cause, passes.correlation, outbox_, p.service->provides);
        passes.info->publish(p.tables[passes.actor]->find(passes.key), ctx, published_);
        publish(p, passes.actor, "deadline", passes.cause, passes.correlation, passes.key);
        return;
      }
      chosen -= p.armed.size();
    }
  }

  static void fold(const std::vector<std::unique_ptr<entity_table>>& tables, const service_info& service,
                   const record& r) {
    for (std::size_t a = 0; a < tables.size(); ++a) {
      const auto& actor = service.actors[a];
      for (const auto& f : actor.folds) {
        if (f.event == r.type->id) {
          f.apply(tables[a]->touch(r.key), bytes(r));
          if (std::find(actor.ends.begin(), actor.ends.end(), r.type->id) != actor.ends.end()) {
            tables[a]->erase(r.key);
          }
        }
      }
    }
  }

  void end(partition& p, std::size_t actor, std::string_view key) {
    stop(p, actor, key, nullptr);
    if (p.tables[actor]->contains(key)) {
      p.tables[actor]->erase(key);
      p.ended.emplace(p.journal.size(), ended_entity{actor, std::string(key)});
    }
  }

  void append(partition& p, const built_event& event, const event_id& cause, correlation_id correlation) {
    auto& r = p.journal.emplace_back();
    r.type = types_.at(event.type);
    r.payload.resize((event.payload.size() + 7) / 8);
    std::memcpy(r.payload.data(), event.payload.data(), event.payload.size());
    r.id = {p.id, frame_sequence{p.journal.size()}, 0};
    r.cause = cause;
    r.correlation = correlation;
    r.key = key_of(event.type, event.payload.data());
    r.depends = p.clock;
    order_.emplace_back(p.number, p.journal.size() - 1);
    ++counts_[event.type];
    for (std::size_t a = 0; p.service != nullptr && a < p.service->actors.size(); ++a) {
      for (const auto& reaction : p.service->actors[a].reactions) {
        if (reaction.effect && reaction.input == event.type) {
          owed_.push_back({p.number, p.journal.size() - 1, a, &reaction});
        }
      }
    }
  }

  [[nodiscard]] partition& partition_for(std::string_view name, std::string_view key) {
    for (auto& p : partitions_) {
      if (p.name == name && core::partition_of(key, p.count) == p.index) {
        return p;
      }
    }
    throw std::invalid_argument("no source " + std::string(name));
  }

  [[nodiscard]] std::string key_of(event_type_id type, const std::byte* payload) const {
    key_list keys;
    types_.at(type)->key(payload, keys);
    return std::string(keys.keys().front());
  }

  [[nodiscard]] static std::vector<std::unique_ptr<entity_table>> recovered(const partition& p) {
    std::vector<std::unique_ptr<entity_table>> tables;
    for (const auto& actor : p.service->actors) {
      tables.push_back(actor.make_table());
    }
    for (std::size_t i = 0; i <= p.journal.size(); ++i) {
      const auto [first, last] = p.ended.equal_range(i);
      for (auto it = first; it != last; ++it) {
        tables[it->second.actor]->erase(it->second.key);
      }
      if (i < p.journal.size()) {
        fold(tables, *p.service, p.journal[i]);
      }
    }
    return tables;
  }

  static void compare(const partition& p, const std::vector<std::unique_ptr<entity_table>>& tables,
                      std::vector<std::string>& differences) {
    for (std::size_t a = 0; a < tables.size(); ++a) {
      const auto& reached = *p.tables[a];
      if (reached.size() != tables[a]->size()) {
        differences.push_back(p.name + ": " + std::to_string(reached.size()) + " entities, recovered " +
                              std::to_string(tables[a]->size()));
      }
      reached.for_each([&](std::string_view key, const void* entity) {
        const auto was = reached.describe(entity);
        const auto is = tables[a]->contains(key) ? tables[a]->describe(tables[a]->find(key)) : "nothing";
        if (was != is) {
          differences.push_back(std::string(key) + ": " + was + ", recovered " + is);
        }
      });
    }
  }

  [[nodiscard]] static const std::byte* bytes(const record& r) noexcept {
    return reinterpret_cast<const std::byte*>(r.payload.data());
  }

  const choreography_info* choreography_;
  std::mt19937_64 random_;
  std::map<event_type_id, const event_info*> types_;
  std::deque<partition> partitions_;                       // a deque: they do not move
  std::vector<std::pair<std::size_t, std::size_t>> order_; // journal, index: as they were appended
  std::map<event_type_id, std::size_t> counts_;
  std::vector<std::string> failures_;
  static constexpr std::uint64_t deadline_rarity = 8;
  std::uint64_t timed_ = 0; // armed deadlines, of all partitions
  std::vector<candidate> candidates_;
  struct owed_call {
    std::size_t partition;
    std::size_t index; // in its journal
    std::size_t actor;
    const reaction_info* effect;
  };
  std::vector<owed_call> owed_;
  outbox outbox_;
  published published_;
};

} // namespace reel::test
