#include "transport/nats/genesis.hpp"

#include "transport/chain.hpp"
#include "transport/nats/answer.hpp"
#include "transport/nats/journal.hpp"

#include <sys/random.h>

namespace reel::transport {

namespace {

core::expected<std::shared_ptr<const core::frame>> load_frame(jsCtx* context, const std::string& stream,
                                                              std::uint64_t sequence) {
  auto message = get_message(context, stream, sequence);
  if (!message) {
    return tl::unexpected(message.error());
  }
  auto frame = core::frame::decode(data_of(message->get()));
  if (!frame) {
    return core::fail(core::errc::corrupt, "message " + std::to_string(sequence) + " of stream " + stream +
                                               " is not a frame: " + frame.error().what);
  }
  if (static_cast<std::uint64_t>((*frame)->sequence()) != sequence) {
    return core::fail(core::errc::chain_broken,
                      "message " + std::to_string(sequence) + " of stream " + stream + " holds another frame");
  }
  return frame;
}

} // namespace

core::expected<stored_journal> load_journal(jsCtx* context, const std::string& stream, std::uint64_t last_sequence) {
  const auto first = load_frame(context, stream, 1);
  if (!first) {
    return tl::unexpected(first.error());
  }
  auto genesis = read_genesis(**first);
  if (!genesis) {
    return tl::unexpected(genesis.error());
  }
  const auto last = last_sequence == 1 ? first : load_frame(context, stream, last_sequence);
  if (!last) {
    return tl::unexpected(last.error());
  }
  if ((*last)->journal() != journal_id_of(*genesis)) {
    return core::fail(core::errc::chain_broken, "the last message of stream " + stream + " is of another journal");
  }
  return stored_journal{std::move(*genesis), {(*last)->sequence(), (*last)->hash()}};
}

core::expected<stored_journal> load_bounded_journal(jsCtx* context, const std::string& stream,
                                                    std::uint64_t last_sequence) {
  const auto last = load_frame(context, stream, last_sequence);
  if (!last) {
    return tl::unexpected(last.error());
  }
  auto genesis = read_repeated_genesis(**last);
  if (!genesis) {
    return tl::unexpected(genesis.error());
  }
  return stored_journal{std::move(*genesis), {(*last)->sequence(), (*last)->hash()}};
}

core::expected<bool> write_genesis(connection& connection, const stream_names& names, const core::sealed_frame& genesis,
                                   std::chrono::milliseconds timeout) {
  const auto bytes = genesis.stored->view();
  natsMsg* made = nullptr;
  auto status = natsMsg_Create(&made, names.subject.c_str(), nullptr, reinterpret_cast<const char*>(bytes.data()),
                               static_cast<int>(bytes.size()));
  const message_ptr message(made);
  if (status == NATS_OK) {
    status = natsMsgHeader_Set(made, "Nats-Msg-Id", message_id_of(genesis.decoded->hash()).c_str());
  }
  if (status == NATS_OK) {
    status = natsMsgHeader_Set(made, "Nats-Expected-Last-Sequence", "0");
  }
  natsMsg* reply = nullptr;
  if (status == NATS_OK) {
    status = natsConnection_RequestMsg(&reply, connection.handle(), made, timeout.count());
  }
  const message_ptr reply_owner(reply);
  if (status != NATS_OK) {
    return core::fail(core::errc::unavailable, "creating stream " + names.stream + ": " + describe(status));
  }
  const auto text = data_of(reply);
  const auto answer =
      read_answer({reinterpret_cast<const char*>(text.data()), text.size()}, genesis.decoded->sequence());
  if (answer.result.outcome == append_outcome::committed) {
    return true;
  }
  if (answer.result.outcome == append_outcome::conflict) {
    return false;
  }
  return core::fail(core::errc::unavailable, "creating stream " + names.stream + ": " + answer.result.detail);
}

std::uint64_t random_incarnation() {
  std::uint64_t value = 0;
  while (value == 0) {
    if (::getrandom(&value, sizeof(value), 0) != sizeof(value)) {
      value = 0; // interrupted by a signal
    }
  }
  return value;
}

} // namespace reel::transport
