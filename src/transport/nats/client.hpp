// The types of nats.c with owners, and its errors in words.
#pragma once

#include "core/error.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <nats/nats.h>

namespace reel::transport {

template <auto Destroy>
struct destroyed_by {
  template <class T>
  void operator()(T* object) const noexcept {
    Destroy(object);
  }
};

using options_ptr = std::unique_ptr<natsOptions, destroyed_by<natsOptions_Destroy>>;
using connection_ptr = std::unique_ptr<natsConnection, destroyed_by<natsConnection_Destroy>>;
using context_ptr = std::unique_ptr<jsCtx, destroyed_by<jsCtx_Destroy>>;
using message_ptr = std::unique_ptr<natsMsg, destroyed_by<natsMsg_Destroy>>;
using stream_info_ptr = std::unique_ptr<jsStreamInfo, destroyed_by<jsStreamInfo_Destroy>>;
using stream_list_ptr = std::unique_ptr<jsStreamInfoList, destroyed_by<jsStreamInfoList_Destroy>>;
using consumer_info_ptr = std::unique_ptr<jsConsumerInfo, destroyed_by<jsConsumerInfo_Destroy>>;
using account_info_ptr = std::unique_ptr<jsAccountInfo, destroyed_by<jsAccountInfo_Destroy>>;

/// A subscription with a callback, or without one for natsSubscription_NextMsg. The destructor waits until the callback
/// has run for the last time; not to be destroyed by the callback itself.
class subscription {
public:
  using callback = void (*)(natsConnection*, natsSubscription*, natsMsg*, void* closure);

  subscription() = default;
  ~subscription();
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;

  /// `on_message` may be null. Precondition: not started. What may wait in memory is not limited: whoever subscribes
  /// asks for messages and knows how many.
  [[nodiscard]] natsStatus start(natsConnection* connection, const std::string& subject, callback on_message,
                                 void* closure);
  void stop();
  [[nodiscard]] natsSubscription* handle() const {
    return handle_;
  }

private:
  struct completion;
  natsSubscription* handle_ = nullptr;
  std::shared_ptr<completion> completion_;
};

/// A subject that nobody else listens to.
[[nodiscard]] std::string new_inbox();

[[nodiscard]] std::span<const std::byte> data_of(const natsMsg* message);
/// Empty when the message has no such header.
[[nodiscard]] std::string_view header_of(natsMsg* message, const char* name);
/// 0 for a message that is not a status.
[[nodiscard]] int status_of(natsMsg* message);

/// What the library says about a failed call, with its last error on this thread.
[[nodiscard]] std::string describe(natsStatus status, jsErrCode code = static_cast<jsErrCode>(0));

/// The error of a failed request, for people and with a code for the program.
[[nodiscard]] core::error request_error(const std::string& what, natsStatus status, jsErrCode code);

} // namespace reel::transport
