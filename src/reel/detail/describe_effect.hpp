// Turns an effect<> of a flow into its plain description.
#pragma once

#include <reel/context.hpp>
#include <reel/flow.hpp>
#include <reel/task.hpp>

#include <memory>
#include <type_traits>

namespace reel::detail {

// -- the call ---------------------------------------------------------------------------------------------------------

template <class Function>
struct call_signature {
  static constexpr bool valid = false;
};
template <class A, class E>
struct call_signature<task<A> (*)(const E&, const effect_context&)> {
  static constexpr bool valid = true;
  static constexpr bool is_task = true;
  using event = E;
  using answer = A;
};
template <class A, class E>
struct call_signature<void (*)(const E&, const effect_context&, completion<A>)> {
  static constexpr bool valid = true;
  static constexpr bool is_task = false;
  using event = E;
  using answer = A;
};
template <class A, class E>
struct call_signature<void (*)(const E&, const effect_context&, const completion<A>&)>
    : call_signature<void (*)(const E&, const effect_context&, completion<A>)> {};

// -- what is made of its end ------------------------------------------------------------------------------------------

template <class Function>
struct end_signature {
  static constexpr bool valid = false;
};
template <class A, class O, class E, class End>
struct end_signature<O (A::*)(const E&, const End&, const context&) const> {
  static constexpr bool valid = true;
  using out = O;
  using event = E;
  using end = End;
};

template <auto Call>
std::shared_ptr<void> start_call(const std::byte* payload, const effect_context& ctx,
                                 std::shared_ptr<effect_channel> channel) {
  using s = call_signature<decltype(Call)>;
  const auto& e = *flatbuffers::GetRoot<typename s::event>(payload);
  if constexpr (s::is_task) {
    return begin(Call(e, ctx), std::move(channel));
  } else {
    Call(e, ctx, completion<typename s::answer>(std::move(channel)));
    return nullptr;
  }
}

template <class Actor, auto Function>
void run_end(const void* entity, const std::byte* payload, const void* end, const context& ctx, published& out) {
  using s = end_signature<std::remove_const_t<decltype(Function)>>;
  const auto& actor = *static_cast<const Actor*>(entity);
  const auto& e = *flatbuffers::GetRoot<typename s::event>(payload);
  (actor.*Function)(e, *static_cast<const typename s::end*>(end), ctx).publish(out);
}

// -- what is written behind call and conclusion -----------------------------------------------------------------------

template <class... More>
struct effect_options {
  static constexpr bool valid = sizeof...(More) == 0;
  static constexpr bool gives_up = false;
  using step = void;
};
template <auto Function, class... More>
struct effect_options<otherwise<Function>, More...> : effect_options<More...> {
  static constexpr bool gives_up = true;
  static constexpr auto function = Function;
};
template <class Step, class... More>
struct effect_options<undoes<Step>, More...> : effect_options<More...> {
  using step = Step;
};

/// The arity of "one of these or of those"; both must choose.
constexpr bool chooses(arity how, std::size_t outputs) {
  return how == arity::one_of || how == arity::maybe || (how == arity::all && outputs == 1);
}
constexpr arity either(arity a, arity b) {
  return a == arity::maybe || b == arity::maybe ? arity::maybe : arity::one_of;
}

/// Says what is wrong with the functions of an effect. True when it can be described.
template <class Event, auto Call, auto Conclude, class Options>
constexpr bool check_effect_functions() {
  using call = call_signature<std::remove_const_t<decltype(Call)>>;
  using conclude = end_signature<std::remove_const_t<decltype(Conclude)>>;
  static_assert(Options::valid, "reel: behind its call and its conclusion an effect has otherwise<&Actor::fn> and "
                                "undoes<Step>, and nothing else");
  static_assert(call::valid,
                "reel: an effect's call is static: `reel::task<Answer> fn(const Event&, const reel::effect_context&)`, "
                "or `void fn(const Event&, const reel::effect_context&, reel::completion<Answer>)`");
  static_assert(conclude::valid, "reel: an effect's conclusion is a member function `Out fn(const Event&, const "
                                 "Answer&, const reel::context&) const`");
  if constexpr (call::valid && conclude::valid) {
    constexpr bool fits =
        std::is_same_v<typename call::event, Event> && std::is_same_v<typename conclude::event, Event>;
    constexpr bool same = std::is_same_v<typename call::answer, typename conclude::end>;
    static_assert(fits, "reel: call and conclusion of an effect take the event that starts it");
    static_assert(same, "reel: the conclusion of an effect takes the answer of its call");
    return fits && same && Options::valid && outputs_of<typename conclude::out>::valid;
  } else {
    return false;
  }
}

} // namespace reel::detail
