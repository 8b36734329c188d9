// What a reaction may publish: its return type is the contract.
#pragma once

#include <reel/event.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace reel {

/// An event that a reaction has built and may return, once. Made by context::make; an event that is not returned is not
/// published.
template <event Event>
class [[nodiscard]] emitted {
public:
  explicit emitted(std::uint32_t index) noexcept : index_(index) {}
  emitted(emitted&&) noexcept = default;
  emitted& operator=(emitted&&) noexcept = default;
  [[nodiscard]] std::uint32_t index() const noexcept {
    return index_;
  }

private:
  std::uint32_t index_;
};

namespace detail {

template <class... Events>
constexpr void check_outputs() {
  static_assert((event<Events> && ...),
                "reel: a reaction may only publish events: mark the table with (event) in its schema");
}

template <class Event, class... Events>
constexpr void check_declared() {
  static_assert((std::same_as<Event, Events> || ...),
                "reel: an event that is not in the return type of the reaction cannot be published");
}

} // namespace detail

/// Exactly one of these events.
template <class... Events>
class one_of {
public:
  template <event Event>
  one_of(emitted<Event> e) noexcept : index_(e.index()) { // implicit: `return ctx.make<A>(...)`
    detail::check_declared<Event, Events...>();
  }
  void publish(published& out) const {
    detail::check_outputs<Events...>();
    out.push_back(index_);
  }

private:
  std::uint32_t index_;
};

/// One of these events, or none: `return {};`.
template <class... Events>
class maybe {
public:
  maybe() = default;
  template <event Event>
  maybe(emitted<Event> e) noexcept : index_(e.index()) {
    detail::check_declared<Event, Events...>();
  }
  void publish(published& out) const {
    detail::check_outputs<Events...>();
    if (index_) {
      out.push_back(*index_);
    }
  }

private:
  std::optional<std::uint32_t> index_;
};

/// Each of these events, in this order.
template <event... Events>
class all {
public:
  all(emitted<Events>... events) noexcept : indices_{events.index()...} {}
  void publish(published& out) const {
    out.insert(out.end(), std::begin(indices_), std::end(indices_));
  }

private:
  std::uint32_t indices_[sizeof...(Events)];
};

/// Any number of these events, in the order of add().
template <class... Events>
class many {
public:
  many() = default;
  template <event Event>
  many(emitted<Event> e) {
    add(std::move(e));
  }
  template <event Event>
  many& add(emitted<Event> e) {
    detail::check_declared<Event, Events...>();
    indices_.push_back(e.index());
    return *this;
  }
  void publish(published& out) const {
    detail::check_outputs<Events...>();
    out.insert(out.end(), indices_.begin(), indices_.end());
  }

private:
  std::vector<std::uint32_t> indices_;
};

} // namespace reel
