// A flow: how an actor takes part in the choreography, read from the signatures of its member functions.
#pragma once

#include <reel/context.hpp>
#include <reel/detail/names.hpp>
#include <reel/outcome.hpp>

#include <cstddef>
#include <type_traits>

namespace reel {

/// Runs a reaction when its event concerns the entity: `Out fn(const Event&, const context&) const`; the context may be
/// left out.
template <auto Function>
struct react {};

/// A reaction that undoes `Step`: what it publishes includes the event that compensates Step.
template <class Step, auto Function>
struct undo {};

/// The entity is forgotten after any of these events: its own ones once they are folded, others when they arrive. A
/// later event meets a fresh entity.
template <class... Events>
struct until {};

/// `using flow = reel::flow<react<&A::f>, undo<Step, &A::g>, until<E>>;`
template <class... Parts>
struct flow {};

namespace detail {

template <class Out>
struct outputs_of {
  static constexpr bool valid = false;
};
template <class... Events>
struct outputs_of<one_of<Events...>> {
  static constexpr bool valid = true;
  static constexpr arity how = arity::one_of;
  template <template <class...> class To>
  using apply = To<Events...>;
};
template <class... Events>
struct outputs_of<maybe<Events...>> : outputs_of<one_of<Events...>> {
  static constexpr arity how = arity::maybe;
};
template <class... Events>
struct outputs_of<all<Events...>> : outputs_of<one_of<Events...>> {
  static constexpr arity how = arity::all;
};
template <class... Events>
struct outputs_of<many<Events...>> : outputs_of<one_of<Events...>> {
  static constexpr arity how = arity::many;
};

template <class... Types>
struct type_list {
  static constexpr std::size_t size = sizeof...(Types);
};

/// Takes a member function apart.
template <class Function>
struct signature {
  static constexpr bool valid = false;
  static constexpr bool is_const = true;
};
template <class A, class O, class E>
struct signature<O (A::*)(const E&, const context&) const> {
  static constexpr bool valid = true;
  static constexpr bool is_const = true;
  static constexpr bool with_context = true;
  using actor = A;
  using out = O;
  using event = E;
};
template <class A, class O, class E>
struct signature<O (A::*)(const E&) const> : signature<O (A::*)(const E&, const context&) const> {
  static constexpr bool with_context = false;
};
template <class A, class O, class E>
struct signature<O (A::*)(const E&, const context&) const noexcept>
    : signature<O (A::*)(const E&, const context&) const> {};
template <class A, class O, class E>
struct signature<O (A::*)(const E&) const noexcept> : signature<O (A::*)(const E&) const> {};
template <class A, class O, class E>
struct signature<O (A::*)(const E&, const context&)> : signature<O (A::*)(const E&, const context&) const> {
  static constexpr bool is_const = false;
};
template <class A, class O, class E>
struct signature<O (A::*)(const E&)> : signature<O (A::*)(const E&) const> {
  static constexpr bool is_const = false;
};

} // namespace detail

} // namespace reel
