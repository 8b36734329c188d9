// Tests of an actor as its history reads: given what happened, when this happens, expect that.
//
//   given<Stock>("22423", make<StockAdded>("22423", 10))
//       .when(make<OrderCreated>(...))
//       .expect(make<StockReserved>(...));
#pragma once

#include <reel/detail/describe_actor.hpp>
#include <reel/detail/rehearsal.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

namespace reel::test {

/// An event that no actor published.
class example {
public:
  example(event_info type, bytes_view payload, std::uint16_t version = 1)
      : type_(std::move(type)), version_(version), payload_(payload.begin(), payload.end()) {}
  [[nodiscard]] const event_info& type() const noexcept {
    return type_;
  }
  [[nodiscard]] bytes_view payload() const noexcept {
    return payload_;
  }

  [[nodiscard]] std::uint16_t version() const noexcept {
    return version_;
  }

private:
  event_info type_;
  std::uint16_t version_;
  std::vector<std::byte> payload_; // the default allocator aligns to 16
};

/// Builds an event from its fields, like context::make.
template <event Event, class... Fields>
[[nodiscard]] example make(const Fields&... fields) {
  outbox out;
  const auto index = out.add<Event>(fields...);
  return {info<Event>(), out.event(index).payload, event_traits<Event>::version};
}

/// Builds an event with nested tables, like context::build.
template <event Event, class Fill>
[[nodiscard]] example build(Fill fill) {
  outbox out;
  const auto index = out.build<Event>(fill);
  return {info<Event>(), out.event(index).payload, event_traits<Event>::version};
}

/// An expectation that was not met; what() shows both sides.
class mismatch : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// One entity's history. Every step throws: mismatch when an expectation is not met, std::logic_error when the test
/// itself is wrong (an event that does not concern the entity, say).
class scenario {
public:
  scenario(detail::actor_description actor, std::type_index type, std::string key);

  /// Folds events of the entity's past, its own ones or those that end it.
  template <std::same_as<example>... Examples>
  scenario& given(const Examples&... events) {
    (happened(events), ...);
    return *this;
  }
  /// What the reactions find in context::provided.
  template <class T>
  scenario& providing(std::shared_ptr<const T> value) {
    provides_.push_back({typeid(T), std::move(value)});
    return *this;
  }
  /// How often and when reactions are tried again; without its jitter.
  scenario& retrying(const retry_policy& policy) {
    policy_ = policy;
    return *this;
  }
  /// What context::time says from now on.
  scenario& at(timestamp time) {
    time_ = time;
    return *this;
  }

  /// Runs all reactions of the flow to this event, and folds what they publish.
  scenario& when(const example& event);

  /// The entity owes this call: an event of its past, or one that it has just published, asks for it.
  template <auto Call>
  scenario& expect_effect() {
    (void)next_owed(&detail::start_call<Call>, detail::function_name<Call>());
    return *this;
  }
  scenario& expect_no_effect();
  /// The call that is owed longest is made, with what the service provides, in virtual time; its end decides what is
  /// published. A call that does not answer has failed, and is given up.
  template <auto Call>
  scenario& when_effect_runs() {
    run_effect(next_owed(&detail::start_call<Call>, detail::function_name<Call>()));
    return *this;
  }
  /// The call that is owed longest gets this answer.
  template <auto Call>
  scenario& when_effect_returns(typename detail::call_signature<std::remove_const_t<decltype(Call)>>::answer answer) {
    const auto place = next_owed(&detail::start_call<Call>, detail::function_name<Call>());
    end_effect(place, {std::make_shared<const decltype(answer)>(std::move(answer)), std::nullopt});
    return *this;
  }
  /// The call that is owed longest is given up.
  template <auto Call>
  scenario& when_effect_fails(std::string why) {
    const auto place = next_owed(&detail::start_call<Call>, detail::function_name<Call>());
    end_effect(place, {nullptr, effect_failure{std::move(why), false, 1}});
    return *this;
  }

  /// Time passes: deadlines pass, and reactions that threw are tried again. What is expected next is what that
  /// published.
  scenario& after(std::chrono::nanoseconds time);

  /// Exactly these events were published by the last when() or after(), in this order.
  template <std::same_as<example>... Examples>
  scenario& expect(const Examples&... events) {
    compare({&events...});
    return *this;
  }
  scenario& expect_nothing() {
    compare({});
    return *this;
  }
  /// The reaction threw, and the exception's text contains `what`.
  scenario& expect_failure(std::string_view what = {});

  /// The state after all that.
  template <class Actor>
  [[nodiscard]] const Actor& state() const {
    if (type_ != typeid(Actor)) {
      throw std::logic_error("the scenario is about another actor than " + std::string(detail::type_name<Actor>()));
    }
    return *static_cast<const Actor*>(table_->find(key_));
  }
  /// The state as JSON.
  [[nodiscard]] std::string describe() const;

private:
  void happened(const example& event);
  bool fold(const example& event);
  bool end(const example& event);
  [[nodiscard]] bool concerns(void (*keys)(const std::byte*, key_list&), const example& event) const;
  /// A reaction that threw, or an event that waits behind one.
  struct waiting_event {
    example event;
    const reaction_info* reaction = nullptr; ///< null: all of the event's
    timestamp due{};
    std::uint32_t attempts = 0;
  };
  struct armed_deadline {
    const deadline_info* info = nullptr;
    timestamp due{};
    event_id cause;
  };

  void begin(std::string what);
  void handle(const example& event);
  void run(const reaction_info& reaction, const example& event);
  [[nodiscard]] bool attempt(const reaction_info& reaction, const example& event);
  bool publish(const std::function<void(const context&, published&)>& decide);
  void owe(const example& event);
  [[nodiscard]] std::size_t next_owed(decltype(effect_info::start) call, std::string_view name) const;
  void run_effect(std::size_t place);
  void end_effect(std::size_t place, const detail::effect_end& end);
  void retry_first();
  void pass(armed_deadline deadline);
  void take(const outbox& events, const published& indices, const context& ctx);
  void start(const deadline_info& deadline, const example& event, const context& ctx);
  void stop(const deadline_info& deadline);
  void foreign_deadlines(const example& event);
  void own_deadlines(const example& event, const context& ctx);
  void compare(const std::vector<const example*>& expected) const;
  [[nodiscard]] std::string title() const;
  [[nodiscard]] const event_info& find(event_type_id type) const;

  detail::actor_description actor_;
  std::type_index type_;
  std::string key_;
  std::unique_ptr<entity_table> table_;
  std::vector<provided> provides_;
  timestamp time_{};
  std::uint64_t events_ = 0; ///< handled so far
  std::string last_;         ///< the last when() or after(), for people
  retry_policy policy_;
  std::vector<waiting_event> waiting_; ///< in the order in which they came
  std::vector<armed_deadline> armed_;
  std::vector<example> published_;
  std::optional<std::string> failure_;
  struct owed_call {
    const reaction_info* effect;
    example event;
  };
  std::vector<owed_call> owed_; ///< those that are owed longest first
};

/// Begins with an entity that has seen these events. Integer keys are written as text, like in the journal.
template <class Actor, std::same_as<example>... Examples>
[[nodiscard]] scenario given(std::string key, const Examples&... events) {
  scenario result(detail::describe_actor<Actor>(), typeid(Actor), std::move(key));
  result.given(events...);
  return result;
}

} // namespace reel::test
