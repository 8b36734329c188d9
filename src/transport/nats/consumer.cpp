#include "transport/nats/consumer.hpp"

#include <charconv>

namespace reel::transport {

namespace {

constexpr std::int64_t unused_ns = std::chrono::nanoseconds(std::chrono::seconds(30)).count();

std::string nanoseconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::nanoseconds(time).count());
}

} // namespace

core::expected<std::string> create_consumer(jsCtx* context, const std::string& stream, std::uint64_t from) {
  jsConsumerConfig config;
  jsConsumerConfig_Init(&config);
  config.DeliverPolicy = js_DeliverByStartSequence;
  config.OptStartSeq = from;
  config.AckPolicy = js_AckNone;
  config.InactiveThreshold = unused_ns;
  config.Replicas = 1;
  config.MemoryStorage = true;
  jsConsumerInfo* made = nullptr;
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_AddConsumer(&made, context, stream.c_str(), &config, nullptr, &code);
  const consumer_info_ptr info(made);
  if (status != NATS_OK) {
    return tl::unexpected(request_error("a consumer of stream " + stream, status, code));
  }
  return "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + info->Name;
}

natsStatus request_messages(natsConnection* connection, const std::string& request_subject, const std::string& inbox,
                            const pull_request& request) {
  auto text = "{\"batch\":" + std::to_string(request.count);
  if (request.expires.count() == 0) {
    text += ",\"no_wait\":true";
  } else {
    text += ",\"expires\":" + nanoseconds(request.expires);
  }
  if (request.heartbeat.count() != 0) {
    text += ",\"idle_heartbeat\":" + nanoseconds(request.heartbeat);
  }
  text += "}";
  return natsConnection_PublishRequest(connection, request_subject.c_str(), inbox.c_str(), text.data(),
                                       static_cast<int>(text.size()));
}

// "$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>", from version 2.11
// on with domain and account after "ACK" and a token at the end: counted from the stream's name, which has no dots.
delivery delivery_of(const natsMsg* message) {
  const char* reply = natsMsg_GetReply(message);
  std::string_view rest = reply == nullptr ? "" : reply;
  if (!rest.starts_with("$JS.ACK.")) {
    return {};
  }
  std::string_view tokens[16];
  std::size_t count = 0;
  for (; !rest.empty() && count < std::size(tokens); ++count) {
    const auto dot = rest.find('.');
    tokens[count] = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  }
  constexpr std::size_t short_form = 9;
  const std::size_t at = count == short_form ? 5 : 7;
  delivery result;
  if (count > at + 3) {
    std::from_chars(tokens[at].data(), tokens[at].data() + tokens[at].size(), result.sequence);
    std::from_chars(tokens[at + 3].data(), tokens[at + 3].data() + tokens[at + 3].size(), result.pending);
  }
  return result;
}

} // namespace reel::transport
