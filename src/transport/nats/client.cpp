#include "transport/nats/client.hpp"

#include <charconv>
#include <condition_variable>
#include <mutex>

namespace reel::transport {

/// Shared with the library's callback, which may outlive the subscription's owner.
struct subscription::completion {
  std::mutex mutex;
  std::condition_variable changed;
  bool complete = false;
};

subscription::~subscription() {
  stop();
}

natsStatus subscription::start(natsConnection* connection, const std::string& subject, callback on_message,
                               void* closure) {
  natsStatus status = NATS_OK;
  if (on_message == nullptr) {
    status = natsConnection_SubscribeSync(&handle_, connection, subject.c_str());
  } else {
    status = natsConnection_Subscribe(&handle_, connection, subject.c_str(), on_message, closure);
  }
  if (status == NATS_OK) {
    status = natsSubscription_SetPendingLimits(handle_, -1, -1);
  }
  if (status == NATS_OK && on_message != nullptr) {
    completion_ = std::make_shared<completion>();
    auto* kept = new std::shared_ptr<completion>(completion_); // freed by the callback, which the library calls once
    status = natsSubscription_SetOnCompleteCB(
        handle_,
        [](void* closed) {
          const std::unique_ptr<std::shared_ptr<completion>> mine(static_cast<std::shared_ptr<completion>*>(closed));
          const std::lock_guard lock((*mine)->mutex);
          (*mine)->complete = true;
          (*mine)->changed.notify_all();
        },
        kept);
    if (status != NATS_OK) {
      delete kept;
      completion_.reset();
    }
  }
  return status;
}

void subscription::stop() {
  if (handle_ == nullptr) {
    return;
  }
  natsSubscription_Destroy(handle_);
  handle_ = nullptr;
  if (completion_ != nullptr) {
    std::unique_lock lock(completion_->mutex);
    completion_->changed.wait(lock, [this] { return completion_->complete; });
    lock.unlock();
    completion_.reset();
  }
}

std::string new_inbox() {
  natsInbox* inbox = nullptr;
  std::string result;
  if (natsInbox_Create(&inbox) == NATS_OK) {
    result = inbox;
  }
  natsInbox_Destroy(inbox);
  return result;
}

std::span<const std::byte> data_of(const natsMsg* message) {
  return {reinterpret_cast<const std::byte*>(natsMsg_GetData(message)),
          static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

std::string_view header_of(natsMsg* message, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK && value != nullptr ? value : std::string_view();
}

int status_of(natsMsg* message) {
  int status = 0;
  if (natsMsg_GetDataLength(message) == 0) {
    const auto text = header_of(message, "Status");
    std::from_chars(text.data(), text.data() + text.size(), status);
  }
  return status;
}

std::string describe(natsStatus status, jsErrCode code) {
  std::string text = natsStatus_GetText(status);
  const char* last_error = nats_GetLastError(nullptr);
  std::string_view last = last_error == nullptr ? "" : last_error;
  if (const auto place = last.find("): "); last.starts_with('(') && place != std::string_view::npos) {
    last.remove_prefix(place + 3); // "(file:line): " of the library's source
  }
  if (!last.empty() && text != last) {
    text += ": " + std::string(last);
  }
  if (static_cast<int>(code) != 0) {
    text += " (" + std::to_string(static_cast<int>(code)) + ")";
  }
  return text;
}

core::error request_error(const std::string& what, natsStatus status, jsErrCode code) {
  auto kind = core::errc::unavailable;
  if (status == NATS_NOT_FOUND) {
    kind = core::errc::not_found;
  } else if (code == JSNotEnabledErr || code == JSNotEnabledForAccountErr || code == JSStreamReplicasNotSupportedErr) {
    kind = core::errc::mismatch;
  }
  return {kind, what + ": " + describe(status, code)};
}

} // namespace reel::transport
