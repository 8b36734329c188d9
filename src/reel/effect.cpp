#include <reel/effect.hpp>

#include <reel/task.hpp>

#include <mutex>

namespace reel {

const void* effect_context::find(std::type_index type) const {
  for (const auto& p : call_.provides) {
    if (p.type == type) {
      return p.value.get();
    }
  }
  throw std::logic_error("the service of this effect does not provide what it asks for; add .provides<T>(...) to it");
}

namespace detail {

effect_failure failure_in_flight() {
  try {
    throw;
  } catch (const permanent_failure& failure) {
    return {failure.what(), true};
  } catch (const std::exception& failure) {
    return {failure.what()};
  } catch (...) {
    return {"an exception that is not a std::exception"};
  }
}

// -- what a coroutine waits for ---------------------------------------------------------------------------------------

struct awaited_end::state {
  std::shared_ptr<effect_host> host;
  std::coroutine_handle<> waiting;
  bool abandoned = false; // only where the coroutine runs

  std::mutex mutex; // for what follows
  bool ended = false;
  bool suspended = false;
  std::shared_ptr<const void> value;
  std::optional<effect_failure> failure;
};

awaited_end::awaited_end(std::shared_ptr<effect_host> host) : state_(std::make_unique<state>()) {
  state_->host = std::move(host);
}

awaited_end::~awaited_end() = default;

void awaited_end::answer(std::shared_ptr<const void> value) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->ended) {
      return;
    }
    state_->ended = true;
    state_->value = std::move(value);
  }
  finish();
}

void awaited_end::fail(effect_failure failure) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->ended) {
      return;
    }
    state_->ended = true;
    state_->failure = std::move(failure);
  }
  finish();
}

// An end that comes while the call is being started is found by wait().
void awaited_end::finish() {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->suspended) {
      return;
    }
  }
  state_->host->post([self = shared_from_this()] {
    if (!self->state_->abandoned) {
      self->state_->waiting.resume();
    }
  });
}

bool awaited_end::wait(std::coroutine_handle<> waiting) {
  state_->waiting = waiting;
  const std::lock_guard lock(state_->mutex);
  state_->suspended = !state_->ended;
  return state_->suspended;
}

void awaited_end::abandon() noexcept {
  state_->abandoned = true;
}

std::shared_ptr<const void> awaited_end::take() {
  const std::lock_guard lock(state_->mutex);
  if (state_->failure) {
    if (state_->failure->permanent) {
      throw permanent_failure(state_->failure->what);
    }
    throw std::runtime_error(state_->failure->what);
  }
  return state_->value;
}

} // namespace detail
} // namespace reel
