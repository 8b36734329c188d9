// Calls of effects as coroutines.
//
//   static reel::task<Answer> charge(const PaymentRequested& e, const reel::effect_context& ctx) {
//     const auto quote = co_await reel::call<Quote>(ctx, [&](auto done) { client.quote(e.amount(), done); });
//     co_await reel::pause(ctx, std::chrono::milliseconds(50));
//     co_return co_await settle(quote);                     // another task
//   }
//
// A coroutine runs where its effect runs, never on a thread of the client that it awaits. When its time is over it is
// destroyed where it waits. Event and context live as long as it does.
#pragma once

#include <reel/effect.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace reel {

/// A coroutine that begins when it is awaited. What it throws is thrown where it is awaited.
template <class T>
class [[nodiscard]] task {
public:
  struct promise_type;
  using handle = std::coroutine_handle<promise_type>;

  struct promise_type {
    struct go_back { // to whoever awaits
      [[nodiscard]] bool await_ready() const noexcept {
        return false;
      }
      std::coroutine_handle<> await_suspend(handle ended) const noexcept {
        return ended.promise().awaiting;
      }
      void await_resume() const noexcept {}
    };
    task get_return_object() {
      return task(handle::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept {
      return {};
    }
    go_back final_suspend() noexcept {
      return {};
    }
    template <class Value>
    void return_value(Value&& given) {
      value.emplace(std::forward<Value>(given));
    }
    void unhandled_exception() noexcept {
      error = std::current_exception();
    }

    std::optional<T> value;
    std::exception_ptr error;
    std::coroutine_handle<> awaiting = std::noop_coroutine();
  };

  task(task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  task& operator=(task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~task() {
    if (handle_) {
      handle_.destroy();
    }
  }

  [[nodiscard]] bool await_ready() const noexcept {
    return false;
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().awaiting = awaiting;
    return handle_;
  }
  T await_resume() {
    if (handle_.promise().error) {
      std::rethrow_exception(handle_.promise().error);
    }
    return std::move(*handle_.promise().value);
  }

private:
  explicit task(handle made) noexcept : handle_(made) {}

  handle handle_;
};

namespace detail {

/// What a coroutine waits for. Only the coroutine's own side is virtual-time and single-threaded; ends come from
/// anywhere.
class awaited_end : public effect_channel, public std::enable_shared_from_this<awaited_end> {
public:
  explicit awaited_end(std::shared_ptr<effect_host> host);
  ~awaited_end() override;
  void answer(std::shared_ptr<const void> value) override;
  void fail(effect_failure failure) override;

  /// True when the end has not come yet: then the coroutine is resumed when it comes.
  [[nodiscard]] bool wait(std::coroutine_handle<> waiting);
  /// The coroutine is gone.
  void abandon() noexcept;
  /// Throws when it failed.
  [[nodiscard]] std::shared_ptr<const void> take();

private:
  struct state;
  void finish();

  std::unique_ptr<state> state_;
};

template <class Answer, class Start>
class awaitable_call {
public:
  awaitable_call(const effect_context& ctx, Start start)
      : end_(std::make_shared<awaited_end>(ctx.host())), start_(std::move(start)) {}
  awaitable_call(const awaitable_call&) = delete;
  awaitable_call& operator=(const awaitable_call&) = delete;
  ~awaitable_call() {
    end_->abandon();
  }
  [[nodiscard]] bool await_ready() const noexcept {
    return false;
  }
  bool await_suspend(std::coroutine_handle<> waiting) {
    start_(completion<Answer>(end_));
    return end_->wait(waiting);
  }
  Answer await_resume() {
    return *std::static_pointer_cast<const Answer>(end_->take());
  }

private:
  std::shared_ptr<awaited_end> end_;
  Start start_;
};

struct nothing {};

/// The coroutine around a task that tells its end to a channel.
struct task_driver {
  struct promise_type {
    task_driver get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept {
      return {};
    }
    std::suspend_always final_suspend() noexcept {
      return {};
    }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {
      std::terminate(); // drive() catches everything
    }
  };
  std::coroutine_handle<promise_type> handle;
};

template <class Answer>
task_driver drive(task<Answer> work, std::shared_ptr<effect_channel> channel) {
  std::optional<effect_failure> failure;
  try {
    auto value = std::make_shared<const Answer>(co_await work);
    channel->answer(std::move(value));
  } catch (...) {
    failure = failure_in_flight();
  }
  if (failure) {
    channel->fail(std::move(*failure));
  }
}

/// Begins the task; whoever holds the result keeps it going.
template <class Answer>
std::shared_ptr<void> begin(task<Answer> work, std::shared_ptr<effect_channel> channel) {
  const auto handle = drive(std::move(work), std::move(channel)).handle;
  std::shared_ptr<void> running(handle.address(),
                                [](void* address) { std::coroutine_handle<>::from_address(address).destroy(); });
  handle.resume();
  return running;
}

} // namespace detail

/// Awaits a client that calls back: `start` gets a completion<Answer> and hands it to the client.
template <class Answer, class Start>
[[nodiscard]] auto call(const effect_context& ctx, Start start) {
  return detail::awaitable_call<Answer, Start>(ctx, std::move(start));
}

/// Awaits that time passes.
[[nodiscard]] inline auto pause(const effect_context& ctx, std::chrono::nanoseconds time) {
  const auto start = [host = ctx.host(), time](const completion<detail::nothing>& done) {
    host->after(time, [done] { done(detail::nothing{}); });
  };
  return detail::awaitable_call<detail::nothing, decltype(start)>(ctx, start);
}

} // namespace reel
