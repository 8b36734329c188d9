// All that a reaction may use besides its entity's state and the event: who it is, when it is, and how to build events.
#pragma once

#include <reel/detail/names.hpp>
#include <reel/outbox.hpp>
#include <reel/outcome.hpp>

#include <span>
#include <stdexcept>
#include <string>
#include <typeinfo>

namespace reel {

/// Handed to a reaction for one event and one entity; valid only during the call.
class context {
public:
  context(std::string_view key, timestamp time, const event_id& cause, correlation_id correlation, outbox& events,
          std::span<const reel::provided> provides)
      : key_(key), time_(time), cause_(cause), correlation_(correlation), events_(&events), provides_(provides) {}

  /// The entity's key.
  [[nodiscard]] std::string_view key() const noexcept {
    return key_;
  }
  /// When the event is handled; never goes back within a partition. The only clock that a reaction has.
  [[nodiscard]] timestamp time() const noexcept {
    return time_;
  }
  /// The id of the event that is being handled.
  [[nodiscard]] const event_id& cause() const noexcept {
    return cause_;
  }
  [[nodiscard]] correlation_id correlation() const noexcept {
    return correlation_;
  }
  /// The same number whenever this event is handled for this entity; another one at each call.
  [[nodiscard]] std::uint64_t random() const noexcept {
    std::uint64_t x = static_cast<std::uint64_t>(cause_.sequence) * 0x9e3779b97f4a7c15ULL + cause_.index;
    x ^= static_cast<std::uint64_t>(cause_.journal) << 32U;
    for (const char c : key_) {
      x = (x ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    x += ++draws_ * 0x9e3779b97f4a7c15ULL; // splitmix64
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
  }

  /// What the service was assembled with. Throws std::logic_error when there is no T.
  template <class T>
  [[nodiscard]] const T& provided() const {
    for (const auto& p : provides_) {
      if (p.type == typeid(T)) {
        return *static_cast<const T*>(p.value.get());
      }
    }
    throw std::logic_error("the service provides no " + std::string(detail::full_type_name<T>()) +
                           "; add .provides<T>(...) to it");
  }

  /// Builds an event from its fields, in the order of the schema; texts and numbers as they are. It is published when
  /// the reaction returns it.
  template <event Event, class... Fields>
  [[nodiscard]] emitted<Event> make(const Fields&... fields) const {
    return emitted<Event>(events_->add<Event>(fields...));
  }

  /// Builds an event with nested tables: `fill(builder)` returns the offset of the event's table.
  template <event Event, class Fill>
  [[nodiscard]] emitted<Event> build(Fill fill) const {
    return emitted<Event>(events_->build<Event>(fill));
  }

private:
  std::string_view key_;
  timestamp time_;
  event_id cause_;
  correlation_id correlation_;
  outbox* events_;
  std::span<const reel::provided> provides_;
  mutable std::uint64_t draws_ = 0;
};

} // namespace reel
