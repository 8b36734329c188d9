// The broker's streams as a foreign program sees and changes them.
#pragma once

#include "core/frame.hpp"
#include "transport/nats/client.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace reel::testing_nats {

/// A plain client of the broker, beside the log under test.
class raw_client {
public:
  explicit raw_client(const std::string& urls) {
    natsConnection* made = nullptr;
    REQUIRE(natsConnection_ConnectTo(&made, urls.c_str()) == NATS_OK);
    connection_.reset(made);
    jsCtx* context = nullptr;
    REQUIRE(natsConnection_JetStream(&context, made, nullptr) == NATS_OK);
    context_.reset(context);
  }
  [[nodiscard]] jsCtx* jetstream() const {
    return context_.get();
  }
  [[nodiscard]] natsConnection* handle() const {
    return connection_.get();
  }

  void publish(const std::string& subject, std::span<const std::byte> bytes) const {
    REQUIRE(js_Publish(nullptr, jetstream(), subject.c_str(), bytes.data(), static_cast<int>(bytes.size()), nullptr,
                       nullptr) == NATS_OK);
  }
  [[nodiscard]] transport::stream_info_ptr info(const std::string& stream) const {
    jsStreamInfo* made = nullptr;
    REQUIRE(js_GetStreamInfo(&made, jetstream(), stream.c_str(), nullptr, nullptr) == NATS_OK);
    return transport::stream_info_ptr(made);
  }
  [[nodiscard]] std::string header(const std::string& stream, std::uint64_t sequence, const char* name) const {
    natsMsg* made = nullptr;
    REQUIRE(js_GetMsg(&made, jetstream(), stream.c_str(), sequence, nullptr, nullptr) == NATS_OK);
    const transport::message_ptr message(made);
    return std::string(transport::header_of(made, name));
  }
  /// Changes a stream's settings as an operator would.
  void configure(const std::string& stream, const std::function<void(jsStreamConfig&)>& change) const {
    const auto now = info(stream);
    change(*now->Config);
    REQUIRE(js_UpdateStream(nullptr, jetstream(), now->Config, nullptr, nullptr) == NATS_OK);
  }
  void remove(const std::string& stream) const {
    REQUIRE(js_DeleteStream(jetstream(), stream.c_str(), nullptr, nullptr) == NATS_OK);
  }

private:
  transport::connection_ptr connection_;
  transport::context_ptr context_;
};

} // namespace reel::testing_nats
