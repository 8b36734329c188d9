// Effects: calls to the world outside, made after the event that asks for them has been committed.
//
//   static void charge(const PaymentRequested& e, const reel::effect_context& ctx, reel::completion<Answer> done);
//   reel::one_of<PaymentProcessed, PaymentFailed> charged(const PaymentRequested& e, const Answer& answer,
//                                                         const reel::context& ctx) const;
//   using flow = reel::flow<reel::react<&Payment::request>,
//                           reel::effect<PaymentRequested, &Payment::charge, &Payment::charged>>;
//
// A call that awaits several things is a coroutine instead (task.hpp): `static reel::task<Answer> charge(const
// PaymentRequested&, const reel::effect_context&)`.
#pragma once

#include <reel/descriptor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace reel {

/// Makes a call when `Event`, one of the actor's own, has been committed, and publishes what `Conclude` makes of the
/// answer. The call is made at least once, always with the same idempotency key; its outcome is committed exactly once.
///
///   Call       static; calls the world outside, must not block, knows nothing of the entity
///   Conclude   `Out fn(const Event&, const Answer&, const context&) const`: decides like a reaction, on the entity's
///              state of now; pure
///   More       otherwise<&Actor::fn>: when it is given up; without it the event becomes a dead letter
///              undoes<Step>: what Conclude publishes includes the event that compensates Step
template <class Event, auto Call, auto Conclude, class... More>
struct effect {};

/// Decides when an effect is given up: `Out fn(const Event&, const effect_failure&, const context&) const`. Nothing is
/// known then of what the calls have done: what the world must take back is a matter of further effects.
template <auto Function>
struct otherwise {};

template <class Step>
struct undoes {};

/// Why an attempt, or the whole effect, has failed.
struct effect_failure {
  std::string what;
  bool permanent = false;     ///< another attempt would fail the same way
  std::uint32_t attempts = 0; ///< that this process has made; an earlier one may have made others
  bool refused = false;       ///< the circuit breaker was open
};

/// What a call of an effect may throw, so that it is not tried again.
class permanent_failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Takes the end of an attempt. Any thread; the first end counts.
class effect_channel {
public:
  virtual ~effect_channel() = default;
  virtual void answer(std::shared_ptr<const void> value) = 0;
  virtual void fail(effect_failure failure) = 0;
};

/// Where effects run: one function after the other.
class effect_host {
public:
  virtual ~effect_host() = default;
  /// Runs it there soon. Any thread; forgets it when the effects have ended.
  virtual void post(std::function<void()> run) = 0;
  /// Runs it there later. Only from there.
  virtual void after(std::chrono::nanoseconds time, std::function<void()> run) = 0;
};

/// Says what is being handled to the channel, whatever exception it is. Called in a catch block.
[[nodiscard]] effect_failure failure_in_flight();

} // namespace detail

/// The end of a call: say what came of it, once, on any thread. Copies are the same end. One that is never said
/// anything ends by its timeout.
template <class Answer>
class completion {
public:
  explicit completion(std::shared_ptr<detail::effect_channel> channel) : channel_(std::move(channel)) {}
  void operator()(Answer answer) const {
    channel_->answer(std::make_shared<const Answer>(std::move(answer)));
  }
  /// It did not work, or nobody knows: it is tried again.
  void fail(std::string what) const {
    channel_->fail({std::move(what)});
  }
  /// It cannot work: it is given up.
  void give_up(std::string what) const {
    channel_->fail({std::move(what), true});
  }

private:
  std::shared_ptr<detail::effect_channel> channel_;
};

/// What the call of an effect knows. Lives as long as the attempt: a callback that may come later keeps copies.
class effect_context {
public:
  struct call {
    std::string_view key;
    event_id event;
    correlation_id correlation{};
    std::uint32_t attempt = 1;
    std::chrono::nanoseconds timeout{};
    std::span<const reel::provided> provides;
  };
  effect_context(const call& what, std::string idempotency_key, std::shared_ptr<detail::effect_host> host)
      : call_(what), idempotency_key_(std::move(idempotency_key)), host_(std::move(host)) {}

  /// The entity's key.
  [[nodiscard]] std::string_view key() const noexcept {
    return call_.key;
  }
  /// The same for every attempt of this effect, also after a crash and in another process, and of no other: who is
  /// called must do the work once for each. Text without spaces.
  [[nodiscard]] const std::string& idempotency_key() const noexcept {
    return idempotency_key_;
  }
  /// The event that asks for the call.
  [[nodiscard]] const event_id& event() const noexcept {
    return call_.event;
  }
  [[nodiscard]] correlation_id correlation() const noexcept {
    return call_.correlation;
  }
  /// 1 for the first attempt in this process.
  [[nodiscard]] std::uint32_t attempt() const noexcept {
    return call_.attempt;
  }
  /// After this time nobody waits for the attempt any more.
  [[nodiscard]] std::chrono::nanoseconds timeout() const noexcept {
    return call_.timeout;
  }
  /// What the service was assembled with. Throws std::logic_error when there is no T.
  template <class T>
  [[nodiscard]] const T& provided() const {
    return *static_cast<const T*>(find(typeid(T)));
  }
  [[nodiscard]] const std::shared_ptr<detail::effect_host>& host() const noexcept {
    return host_;
  }

private:
  [[nodiscard]] const void* find(std::type_index type) const;

  call call_;
  std::string idempotency_key_;
  std::shared_ptr<detail::effect_host> host_;
};

} // namespace reel
