#include "transport/nats/publisher.hpp"

#include <charconv>

namespace reel::transport {

namespace {

/// The number after the last dot, which is cut off.
std::uint64_t take_number(std::string_view& subject) {
  const auto dot = subject.rfind('.');
  const auto text = subject.substr(dot == std::string_view::npos ? 0 : dot + 1);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  subject = subject.substr(0, dot == std::string_view::npos ? 0 : dot);
  return value;
}

std::string text(frame_sequence sequence) {
  return std::to_string(static_cast<std::uint64_t>(sequence));
}

} // namespace

publisher::publisher(connection& connection, answer_handler on_answer)
    : connection_(&connection), on_answer_(std::move(on_answer)), inbox_(new_inbox()), sender_("nats-send") {}

core::expected<void> publisher::start() {
  const auto status = answers_.start(
      connection_->handle(), inbox_ + ".*.*.*",
      [](natsConnection*, natsSubscription*, natsMsg* message, void* self) {
        const message_ptr owner(message);
        static_cast<const publisher*>(self)->on_message(message);
      },
      this);
  if (status != NATS_OK) {
    return core::fail(core::errc::unavailable, "listening for the broker's answers: " + describe(status));
  }
  return {};
}

void publisher::stop() {
  answers_.stop();
  sender_.close();
}

void publisher::send(journal& from, outgoing_frame frame) {
  sender_.post([this, &from, frame = std::move(frame)](bool closing) {
    if (!closing && from.awaits(frame.ticket)) {
      publish(from, frame);
    }
  });
}

void publisher::publish(const journal& from, const outgoing_frame& frame) {
  const auto& decoded = *frame.frame.decoded;
  const auto reply =
      inbox_ + "." + std::to_string(from.index()) + "." + std::to_string(frame.ticket) + "." + text(decoded.sequence());
  const auto bytes = frame.frame.stored->view();
  natsMsg* made = nullptr;
  auto status = natsMsg_Create(&made, from.names().subject.c_str(), reply.c_str(),
                               reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size()));
  const message_ptr message(made);
  const auto expected = text(preceding(decoded.sequence()));
  const auto set = [&](const char* name, const std::string& value) {
    if (status == NATS_OK) {
      status = natsMsgHeader_Set(made, name, value.c_str());
    }
  };
  set("Nats-Msg-Id", message_id_of(decoded.hash()));
  set("Nats-Expected-Last-Sequence", expected);
  if (frame.chained) {
    set("Nats-Expected-Last-Msg-Id", message_id_of(decoded.previous()));
  }
  if (status == NATS_OK) {
    status = natsConnection_PublishMsg(connection_->handle(), made);
  }
  if (status != NATS_OK) {
    publish_answer failed;
    failed.result = {append_outcome::unknown, {}, "sending to the broker: " + describe(status)};
    on_answer_(from.index(), frame.ticket, failed);
  }
}

void publisher::on_message(natsMsg* message) const {
  std::string_view subject = natsMsg_GetSubject(message);
  const auto sequence = frame_sequence{take_number(subject)};
  const auto ticket = take_number(subject);
  const auto journal = static_cast<std::uint32_t>(take_number(subject));
  if (natsMsg_IsNoResponders(message)) {
    on_answer_(journal, ticket, no_responders());
    return;
  }
  const auto bytes = data_of(message);
  on_answer_(journal, ticket, read_answer({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, sequence));
}

} // namespace reel::transport
