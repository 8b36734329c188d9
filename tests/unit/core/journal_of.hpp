// A partition's journal in memory: what it sealed, and fresh partitions recovered from it.
#pragma once

#include "core/hash.hpp"
#include "core/partition.hpp"
#include "core/routing.hpp"

#include <reel/service.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace reel::core::test {

inline timestamp at_ms(int ms) {
  return timestamp(std::chrono::milliseconds(ms));
}

/// Frames of a source, written event by event.
class source_journal {
public:
  explicit source_journal(std::string name = "intake") : name_(std::move(name)) {
    builder_.set_genesis({"test", 1, name_, 0, 1});
    seal();
  }
  template <class Event, class... Fields>
  source_journal& add(std::string_view flow, const Fields&... fields) {
    outbox_.clear();
    outbox_.add<Event>(fields...);
    const auto event = outbox_.event(0);
    builder_.add_event(event.type, event.version, correlation_of(flow), event_id{}, event.payload);
    return *this;
  }
  source_journal& depends(const std::shared_ptr<const frame>& on) {
    builder_.add_dependency({on->journal(), on->sequence(), short_hash(on->hash())});
    return *this;
  }
  std::shared_ptr<const frame> seal() {
    const auto previous = frames.empty() ? frame_hash{} : frames.back()->hash();
    frames.push_back(
        builder_.seal(id(), frame_sequence{frames.size() + 1}, 1, previous, at_ms(static_cast<int>(frames.size())))
            .decoded);
    return frames.back();
  }
  [[nodiscard]] journal_id id() const {
    return journal_id_of(journal_name(name_, 0));
  }

  std::vector<std::shared_ptr<const frame>> frames;

private:
  std::string name_;
  frame_builder builder_;
  outbox outbox_;
};

/// A service with one partition, and its journal.
class hosted {
public:
  explicit hosted(const described_service& described)
      : described_(described), registry_(unique(described.events)), routing_(described_.service, registry_, 1),
        live_(std::make_unique<partition>(described_.service, registry_, genesis())) {}

  [[nodiscard]] partition& live() {
    return *live_;
  }
  /// Hands a source's frame to the live partition.
  void handle(const std::shared_ptr<const frame>& f, int ms = 0) {
    live_->handle(*routing_.route(f).front(), at_ms(ms));
  }
  std::shared_ptr<const frame> seal(int ms = 0) {
    journal.push_back(live_->seal(at_ms(ms)).decoded);
    return journal.back();
  }
  [[nodiscard]] std::unique_ptr<partition> fresh() const {
    return std::make_unique<partition>(described_.service, registry_, genesis());
  }
  /// A partition that knows only what was sealed.
  [[nodiscard]] std::unique_ptr<partition> recovered() const {
    auto p = fresh();
    for (const auto& f : journal) {
      if (const auto folded = p->recover(*f); !folded) {
        throw std::logic_error(folded.error().what);
      }
    }
    return p;
  }
  /// All entities of an actor with their state, as text.
  [[nodiscard]] static std::vector<std::string> entities(const partition& p, std::size_t actor = 0) {
    std::vector<std::string> result;
    p.entities(actor).for_each([&](std::string_view key, const void* entity) {
      result.push_back(std::string(key) + " " + p.entities(actor).describe(entity));
    });
    std::sort(result.begin(), result.end());
    return result;
  }
  [[nodiscard]] const event_registry& registry() const {
    return registry_;
  }
  [[nodiscard]] core::genesis_record genesis() const {
    return {"test", 1, described_.service.name, 0, 1};
  }

  std::vector<std::shared_ptr<const frame>> journal;

private:
  static std::vector<event_info> unique(std::vector<event_info> events) {
    std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    const auto same = [](const auto& a, const auto& b) { return a.name == b.name; };
    events.erase(std::unique(events.begin(), events.end(), same), events.end());
    return events;
  }

  described_service described_;
  event_registry registry_;
  router routing_;
  std::unique_ptr<partition> live_;
};

} // namespace reel::core::test
