// Turns an actor type into its plain description, and refuses wrong ones with a sentence that a person understands.
#pragma once

#include <reel/detail/describe_deadline.hpp>
#include <reel/detail/describe_effect.hpp>
#include <reel/detail/typed_table.hpp>
#include <reel/flow.hpp>

#include <iterator>
#include <string>
#include <type_traits>

namespace reel::detail {

// -- keys -------------------------------------------------------------------------------------------------------------

inline void collect_key(key_list& out, const flatbuffers::String* key) {
  out.view(key->string_view());
}
inline void collect_key(key_list& out, std::string_view key) {
  out.view(key);
}
inline void collect_key(key_list& out, std::string&& key) {
  out.copy(std::move(key));
}
template <std::integral Integer>
void collect_key(key_list& out, Integer key) {
  out.copy(std::to_string(key));
}

/// Strings of a temporary range are copied; views and FlatBuffers strings are not.
template <class Key>
void collect_element(key_list& out, Key&& key) {
  if constexpr (std::is_same_v<std::remove_cvref_t<Key>, std::string>) {
    out.copy(key);
  } else {
    collect_key(out, key);
  }
}

template <class Keys>
concept one_key = requires(key_list& out, Keys&& keys) {
  collect_key(out, std::forward<Keys>(keys));
};

template <class Keys>
void collect_keys(key_list& out, Keys&& keys) {
  if constexpr (one_key<Keys>) {
    collect_key(out, std::forward<Keys>(keys));
  } else {
    for (auto&& key : keys) {
      collect_element(out, key);
    }
    out.drop_repeated();
  }
}

template <class Actor, class Event>
concept has_keys = requires(const Event& e) {
  Actor::keys(e);
};

template <class Actor, class Event>
void keys_of(const std::byte* payload, key_list& out) {
  const auto& e = *flatbuffers::GetRoot<Event>(payload);
  if constexpr (has_keys<Actor, Event>) {
    collect_keys(out, Actor::keys(e));
  } else {
    event_key<Event>(payload, out);
  }
}

/// True when `keys` may name several entities, or none.
template <class Actor, class Event>
constexpr bool fans_out() {
  if constexpr (has_keys<Actor, Event>) {
    return !one_key<decltype(Actor::keys(std::declval<const Event&>()))>;
  } else {
    return false;
  }
}

// -- what the flow says -----------------------------------------------------------------------------------------------

template <class Part>
struct part_traits;
template <auto Function>
struct part_traits<react<Function>> {
  static constexpr auto function = Function;
  static constexpr bool is_reaction = true;
  using step = void;
};
template <class Step, auto Function>
struct part_traits<undo<Step, Function>> {
  static constexpr auto function = Function;
  static constexpr bool is_reaction = true;
  using step = Step;
};
template <class... Events>
struct part_traits<until<Events...>> {
  static constexpr bool is_reaction = false;
};
template <class Event, class After, waiting_time Time, class... Unless, class By>
struct part_traits<deadline<Event, after<After, Time>, unless<Unless...>, By>> {
  static constexpr bool is_reaction = false;
  using published = Event;
};

template <class Event, auto Call, auto Conclude, class... More>
struct part_traits<effect<Event, Call, Conclude, More...>> {
  static constexpr bool is_reaction = false;
};

template <class Part>
inline constexpr bool is_part = requires {
  part_traits<Part>::is_reaction;
};

template <class Flow>
inline constexpr bool is_flow = false;
template <class... Parts>
inline constexpr bool is_flow<flow<Parts...>> = (is_part<Parts> && ...);

template <class Actor, class Event>
concept folds = requires(Actor& actor, const Event& e) {
  actor.apply(e);
};

template <class First, class... Rest>
constexpr std::string_view first_field(type_list<First, Rest...>) {
  if constexpr (event<First>) {
    return event_traits<First>::entity_field;
  } else {
    return {};
  }
}

/// The entity field of the first event that a part of a flow publishes, or nothing.
template <class Part>
constexpr std::string_view part_entity_field() {
  if constexpr (part_traits<Part>::is_reaction) {
    using parts = signature<std::remove_const_t<decltype(part_traits<Part>::function)>>;
    if constexpr (parts::valid) {
      if constexpr (outputs_of<typename parts::out>::valid) {
        return first_field(typename outputs_of<typename parts::out>::template apply<type_list>{});
      }
    }
  } else if constexpr (requires { typename part_traits<Part>::published; }) {
    return first_field(type_list<typename part_traits<Part>::published>{});
  }
  return {};
}

/// What the key of an actor with this flow means: the entity field of the first event that it publishes.
template <class... Parts>
constexpr std::string_view own_entity_field(flow<Parts...>) {
  std::string_view field;
  ((field = field.empty() ? part_entity_field<Parts>() : field), ...);
  return field;
}

template <class Actor, class Event>
constexpr bool key_type_fits() {
  using field = decltype(event_traits<Event>::key(std::declval<const Event&>()));
  return std::is_same_v<typename Actor::key, std::string> == std::is_convertible_v<field, std::string_view>;
}

template <class Actor, class Event>
constexpr void check_output() {
  static_assert(folds<Actor, Event>, "reel: a fold is missing: the actor publishes this event, so it needs "
                                     "`void apply(const Event&)`, even when it does nothing");
  static_assert(key_type_fits<Actor, Event>(),
                "reel: the key does not match: the actor's `key` and the (entity) field of "
                "an event that it publishes must both be strings or both integers");
}

template <class... Outputs>
constexpr bool all_events(type_list<Outputs...>) {
  return (event<Outputs> && ...);
}

template <class Step, class... Outputs>
constexpr bool compensates_step(type_list<Outputs...>) {
  return (std::is_same_v<typename event_traits<Outputs>::compensates, Step> || ...);
}

template <class Actor, class Event>
constexpr void check_input() {
  static_assert(event<Event>,
                "reel: a reaction's parameter must be an event; mark the table with (event) in its schema");
  if constexpr (event<Event>) {
    constexpr bool same_field = event_traits<Event>::entity_field == own_entity_field(typename Actor::flow{});
    static_assert(has_keys<Actor, Event> || (same_field && key_type_fits<Actor, Event>()),
                  "reel: the key does not match: this event is not keyed like the actor; add "
                  "`static auto keys(const Event&)` that returns the keys of the entities that it concerns");
  }
}

template <class... Outputs>
constexpr bool compensates_nothing(type_list<Outputs...>) {
  return (std::is_void_v<typename event_traits<Outputs>::compensates> && ...);
}

template <class Step, class Outputs>
constexpr void check_undo() {
  if constexpr (!std::is_void_v<Step>) {
    static_assert(compensates_step<Step>(Outputs{}),
                  "reel: this undo compensates nothing: none of the events that it publishes has the attribute "
                  "compensates:\"...\" with the name of the step");
  } else {
    static_assert(compensates_nothing(Outputs{}),
                  "reel: this reaction publishes an event that compensates a step: declare it as "
                  "undo<Step, &Actor::fn>, so that the check can prove that the step is undone");
  }
}

/// Says what is wrong with a reaction. False when it cannot be described, so that nothing else is said about it.
template <class Actor, auto Function, class Step>
constexpr bool check_reaction() {
  using s = signature<decltype(Function)>;
  static_assert(s::valid,
                "reel: a reaction must be a member function `Out fn(const Event&, const reel::context&) const`");
  if constexpr (s::valid) {
    using out = outputs_of<typename s::out>;
    static_assert(s::is_const,
                  "reel: a reaction must not change state: declare it const; state changes in apply(), from the "
                  "events that the reaction publishes");
    static_assert(out::valid, "reel: a reaction returns one_of<...>, maybe<...>, all<...> or many<...> of events");
    check_input<Actor, typename s::event>();
    if constexpr (out::valid) {
      using outputs = typename out::template apply<type_list>;
      constexpr bool events = all_events(outputs{});
      static_assert(events, "reel: a reaction may only publish events: mark the table with (event) in its schema");
      if constexpr (events) {
        check_undo<Step, outputs>();
        return s::is_const && event<typename s::event>;
      }
    }
  }
  return false;
}

// -- building the description -----------------------------------------------------------------------------------------

template <class Actor, class Event>
void apply_event(void* entity, const std::byte* payload) {
  static_cast<Actor*>(entity)->apply(*flatbuffers::GetRoot<Event>(payload));
}

template <class Actor, auto Function>
void run_reaction(const void* entity, const std::byte* payload, const context& ctx, published& out) {
  using s = signature<decltype(Function)>;
  const auto& actor = *static_cast<const Actor*>(entity);
  const auto& e = *flatbuffers::GetRoot<typename s::event>(payload);
  if constexpr (s::with_context) {
    (actor.*Function)(e, ctx).publish(out);
  } else {
    (actor.*Function)(e).publish(out);
  }
}

/// Collects descriptions and the events that they name.
struct actor_description {
  actor_info actor;
  std::vector<event_info> events;
};

// Not templates, so that they are compiled once.
void add_event(actor_description& d, const event_constants& event);
void add_described(actor_description& d, reaction_info&& reaction);
/// An event that has a fold already keeps it.
void add_fold(actor_description& d, event_type_id event, void (*apply)(void* entity, const std::byte* event_payload));

template <class Actor, class Event>
void add_fold(actor_description& d) {
  if constexpr (folds<Actor, Event>) {
    add_fold(d, event_traits<Event>::id, &apply_event<Actor, Event>);
  }
}

template <class Actor, class... Outputs>
void add_outputs(actor_description& d, reaction_info& r, type_list<Outputs...>) {
  (check_output<Actor, Outputs>(), ...);
  (add_fold<Actor, Outputs>(d), ...);
  (add_event(d, constants_of<Outputs>), ...);
  (r.outputs.push_back(event_traits<Outputs>::id), ...);
}

template <class Actor, auto Function, class Step>
void add_reaction(actor_description& d) {
  using s = signature<decltype(Function)>;
  if constexpr (check_reaction<Actor, Function, Step>()) {
    reaction_info r;
    r.name = function_name<Function>();
    r.input = event_traits<typename s::event>::id;
    r.outputs_arity = outputs_of<typename s::out>::how;
    if constexpr (!std::is_void_v<Step>) {
      r.undoes = event_traits<Step>::id;
    }
    r.fans_out = fans_out<Actor, typename s::event>();
    r.keys = &keys_of<Actor, typename s::event>;
    r.run = &run_reaction<Actor, Function>;
    add_event(d, constants_of<typename s::event>);
    add_outputs<Actor>(d, r, typename outputs_of<typename s::out>::template apply<type_list>{});
    add_described(d, std::move(r));
  }
}

template <class Actor, class Event>
void add_end(actor_description& d) {
  add_event(d, constants_of<Event>);
  d.actor.ends.push_back(event_traits<Event>::id);
  if constexpr (folds<Actor, Event>) {
    d.actor.end_keys.push_back(nullptr);
  } else {
    check_input<Actor, Event>();
    d.actor.end_keys.push_back(&keys_of<Actor, Event>);
  }
}

/// An event that starts or stops a deadline: the actor's own, or one that it can find its entity for. Returns its keys.
template <class Actor, class Event>
auto add_seen(actor_description& d) -> void (*)(const std::byte*, key_list&) {
  add_event(d, constants_of<Event>);
  if constexpr (folds<Actor, Event>) {
    return nullptr;
  } else {
    check_input<Actor, Event>();
    return &keys_of<Actor, Event>;
  }
}

template <class Actor, class Event, class After, waiting_time Time, class... Unless, class By>
void add_part(actor_description& d, deadline<Event, after<After, Time>, unless<Unless...>, By>) {
  constexpr bool events = event<Event> && event<After> && (event<Unless> && ...);
  static_assert(events, "reel: a deadline is made of events: mark the tables with (event) in their schemas");
  if constexpr (events) {
    static_assert(!std::is_same_v<Event, After> && (!std::is_same_v<After, Unless> && ...),
                  "reel: the event that starts a deadline can neither stop it nor be what it publishes");
    check_output<Actor, Event>();
    add_fold<Actor, Event>(d);
    add_event(d, constants_of<Event>);
    deadline_info made{event_traits<Event>::id, event_traits<After>::id, {event_traits<Unless>::id...}};
    describe_time<Actor, After, Time>(made);
    describe_builder<Actor, Event>(made, static_cast<By*>(nullptr));
    made.after_keys = add_seen<Actor, After>(d);
    made.unless_keys = {add_seen<Actor, Unless>(d)...};
    d.actor.deadlines.push_back(std::move(made));
  }
}

/// The outputs of one more function of an effect, and how many of all of them one end publishes.
template <class Actor, auto Function>
void add_effect_end(actor_description& d, reaction_info& r) {
  using out = outputs_of<typename end_signature<std::remove_const_t<decltype(Function)>>::out>;
  add_outputs<Actor>(d, r, typename out::template apply<type_list>{});
}

template <class Actor, class Event, auto Function>
void add_give_up(actor_description& d, reaction_info& r) {
  using s = end_signature<std::remove_const_t<decltype(Function)>>;
  static_assert(s::valid,
                "reel: otherwise<> names a member function `Out fn(const Event&, const reel::effect_failure&, "
                "const reel::context&) const`");
  if constexpr (s::valid) {
    constexpr bool fits = std::is_same_v<typename s::event, Event> && std::is_same_v<typename s::end, effect_failure>;
    static_assert(fits, "reel: otherwise<> takes the event that starts the effect, and a reel::effect_failure");
    using out = outputs_of<typename s::out>;
    const auto concluded = r.outputs.size();
    if constexpr (fits && out::valid) {
      add_effect_end<Actor, Function>(d, r);
      constexpr auto how = out::how;
      const bool both_choose = chooses(r.outputs_arity, concluded) && chooses(how, r.outputs.size() - concluded);
      r.outputs_arity = both_choose ? either(r.outputs_arity, how) : arity::many;
      r.effect->give_up = &run_end<Actor, Function>;
    }
  }
}

template <class Actor, class Event, auto Call, auto Conclude, class... More>
void add_part(actor_description& d, effect<Event, Call, Conclude, More...>) {
  static_assert(event<Event>, "reel: an effect is started by an event: mark the table with (event) in its schema");
  static_assert(folds<Actor, Event>,
                "reel: an effect is started by an event of the actor's own: one that its reactions "
                "publish and that it folds");
  using options = effect_options<More...>;
  if constexpr (check_effect_functions<Event, Call, Conclude, options>()) {
    using out = outputs_of<typename end_signature<std::remove_const_t<decltype(Conclude)>>::out>;
    using outputs = typename out::template apply<type_list>;
    constexpr bool events = all_events(outputs{});
    static_assert(events, "reel: an effect may only publish events: mark the table with (event) in its schema");
    if constexpr (events) {
      check_undo<typename options::step, outputs>();
      reaction_info r;
      r.name = function_name<Call>();
      r.input = event_traits<Event>::id;
      r.outputs_arity = out::how;
      if constexpr (!std::is_void_v<typename options::step>) {
        r.undoes = event_traits<typename options::step>::id;
      }
      r.keys = &event_key<Event>;
      r.effect.emplace();
      r.effect->start = &start_call<Call>;
      r.effect->conclude = &run_end<Actor, Conclude>;
      add_event(d, constants_of<Event>);
      add_fold<Actor, Event>(d);
      add_effect_end<Actor, Conclude>(d, r);
      if constexpr (options::gives_up) {
        add_give_up<Actor, Event, options::function>(d, r);
      }
      add_described(d, std::move(r));
    }
  }
}

template <class Actor, auto Function>
void add_part(actor_description& d, react<Function>) {
  add_reaction<Actor, Function, void>(d);
}
template <class Actor, class Step, auto Function>
void add_part(actor_description& d, undo<Step, Function>) {
  add_reaction<Actor, Function, Step>(d);
}
template <class Actor, class... Events>
void add_part(actor_description& d, until<Events...>) {
  (add_end<Actor, Events>(d), ...);
}

template <class Actor, class... Parts>
void add_parts(actor_description& d, flow<Parts...>) {
  (add_part<Actor>(d, Parts{}), ...);
}

template <class Actor>
constexpr std::uint32_t fold_version() {
  if constexpr (requires { Actor::fold_version; }) {
    return Actor::fold_version;
  } else {
    return 0;
  }
}

template <class Actor>
concept has_key = requires {
  typename Actor::key;
};
template <class Actor>
concept has_flow = requires {
  typename Actor::flow;
};
template <class Key>
inline constexpr bool is_key = std::is_same_v<Key, std::string> ||
                               (std::is_integral_v<Key> && !std::is_same_v<Key, bool>);

template <class Actor>
void describe_parts(actor_description& d) {
  static_assert(is_key<typename Actor::key>, "reel: an actor's `key` is std::string or an integer");
  d.actor.name = type_name<Actor>();
  d.actor.snapshots = true;
  d.actor.fold_version = fold_version<Actor>();
  d.actor.shape = state_shape<Actor>();
  d.actor.make_table = []() -> std::unique_ptr<entity_table> { return std::make_unique<typed_table<Actor>>(); };
  constexpr bool known = is_flow<typename Actor::flow>;
  static_assert(known, "reel: a flow is made of react<&Actor::fn>, undo<Step, &Actor::fn>, effect<Event, &Actor::call, "
                       "&Actor::conclude>, deadline<Event, after<Event, 15min>, unless<Events...>> and "
                       "until<Events...>");
  if constexpr (known) {
    add_parts<Actor>(d, typename Actor::flow{});
  }
}

template <class Actor>
actor_description describe_actor() {
  constexpr bool fresh = std::is_default_constructible_v<Actor>;
  static_assert(has_key<Actor>, "reel: an actor says what its key is: `using key = std::string;`");
  static_assert(has_flow<Actor>,
                "reel: an actor says how it takes part: `using flow = reel::flow<reel::react<&Actor::fn>, ...>;`");
  static_assert(fresh, "reel: a fresh entity is made without arguments: give the actor a default constructor");
  actor_description d;
  if constexpr (has_key<Actor> && has_flow<Actor> && fresh) { // else there is nothing to add but noise
    describe_parts<Actor>(d);
  }
  return d;
}

} // namespace reel::detail
