#include "cli/demo/codec_samples.hpp"

#include <bench/shop.pb.h>

#include <stdexcept>

namespace reel::demo {

namespace {

void encode(const sample_order& s, encoded_events& out) {
  static thread_local bench::OrderCreated order;
  order.Clear();
  order.set_order(s.order);
  order.set_customer(s.customer);
  for (const auto& line : s.lines) {
    auto* const l = order.add_lines();
    l->set_sku(line.sku);
    l->set_quantity(line.quantity);
    l->set_amount(line.amount);
  }
  order.SerializeToString(&out[0]);
  static thread_local bench::StockReserved reserved;
  const auto& first = s.lines[0];
  reserved.set_order(s.order);
  reserved.set_sku(first.sku);
  reserved.set_quantity(first.quantity);
  reserved.set_amount(first.amount);
  reserved.set_lines(sample_lines);
  reserved.SerializeToString(&out[1]);
  static thread_local bench::PaymentProcessed paid;
  paid.set_order(s.order);
  paid.set_amount(s.amount);
  paid.set_reference(s.reference);
  paid.SerializeToString(&out[2]);
}

template <class Message>
const Message& parsed(const std::string& bytes) {
  static thread_local Message message;
  if (!message.ParseFromString(bytes)) {
    throw std::logic_error("a sample does not parse");
  }
  return message;
}

std::uint64_t decode(const encoded_events& in) {
  const auto& order = parsed<bench::OrderCreated>(in[0]);
  std::uint64_t sum = order.order().size() + order.customer().size();
  for (const auto& line : order.lines()) {
    sum += line.sku().size() + line.quantity() + line.amount();
  }
  const auto& reserved = parsed<bench::StockReserved>(in[1]);
  sum += reserved.order().size() + reserved.sku().size() + reserved.quantity() + reserved.amount() + reserved.lines();
  const auto& paid = parsed<bench::PaymentProcessed>(in[2]);
  return sum + paid.order().size() + paid.amount() + paid.reference();
}

} // namespace

void add_protobuf(std::vector<codec>& codecs) {
  codecs.push_back({"Protocol Buffers", encode, decode});
}

} // namespace reel::demo
