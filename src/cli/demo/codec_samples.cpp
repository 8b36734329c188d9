#include "cli/demo/codec_samples.hpp"

#include <reel/outbox.hpp>
#include <shop/intake_events.hpp>
#include <shop/inventory_events.hpp>
#include <shop/payment_events.hpp>

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace reel::demo {

namespace {

using shop::intake::OrderCreated;
using shop::inventory::StockReserved;
using shop::payment::PaymentProcessed;

// -- FlatBuffers ------------------------------------------------------------------------------------------------------

void take(const outbox& events, std::uint32_t index, std::string& into) {
  const auto payload = events.event(index).payload;
  into.assign(reinterpret_cast<const char*>(payload.data()), payload.size());
}

void encode_flatbuffers(const sample_order& s, encoded_events& out) {
  static thread_local outbox events;
  events.clear();
  take(events, events.build<OrderCreated>([&s](flatbuffers::FlatBufferBuilder& b) {
    std::array<flatbuffers::Offset<shop::OrderLine>, sample_lines> lines;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      lines[i] = shop::CreateOrderLine(b, b.CreateString(s.lines[i].sku), s.lines[i].quantity, s.lines[i].amount);
    }
    return shop::intake::CreateOrderCreated(b, b.CreateString(s.order), b.CreateString(s.customer),
                                            b.CreateVector(lines.data(), lines.size()));
  }),
       out[0]);
  const auto& first = s.lines[0];
  take(events, events.add<StockReserved>(s.order, first.sku, first.quantity, first.amount, std::uint32_t{sample_lines}),
       out[1]);
  take(events, events.add<PaymentProcessed>(s.order, s.amount, s.reference), out[2]);
}

template <class Event>
const Event& verified(const std::string& bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  if (!verifier.VerifyBuffer<Event>(nullptr)) {
    throw std::logic_error("a sample does not verify");
  }
  return *flatbuffers::GetRoot<Event>(data);
}

std::uint64_t decode_flatbuffers(const encoded_events& in) {
  const auto& order = verified<OrderCreated>(in[0]);
  std::uint64_t sum = order.order()->size() + order.customer()->size();
  for (const auto* line : *order.lines()) {
    sum += line->sku()->size() + line->quantity() + line->amount();
  }
  const auto& reserved = verified<StockReserved>(in[1]);
  sum += reserved.order()->size() + reserved.sku()->size() + reserved.quantity() + reserved.amount() + reserved.lines();
  const auto& paid = verified<PaymentProcessed>(in[2]);
  return sum + paid.order()->size() + paid.amount() + paid.reference();
}

// -- JSON -------------------------------------------------------------------------------------------------------------

void encode_json(const sample_order& s, encoded_events& out) {
  auto lines = nlohmann::json::array();
  for (const auto& line : s.lines) {
    lines.push_back({{"sku", line.sku}, {"quantity", line.quantity}, {"amount", line.amount}});
  }
  out[0] = nlohmann::json{{"order", s.order}, {"customer", s.customer}, {"lines", std::move(lines)}}.dump();
  const auto& first = s.lines[0];
  out[1] = nlohmann::json{{"order", s.order},
                          {"sku", first.sku},
                          {"quantity", first.quantity},
                          {"amount", first.amount},
                          {"lines", sample_lines}}
               .dump();
  out[2] = nlohmann::json{{"order", s.order}, {"amount", s.amount}, {"reference", s.reference}}.dump();
}

std::size_t text_size(const nlohmann::json& object, const char* field) {
  return object.at(field).get_ref<const std::string&>().size();
}

std::uint64_t number(const nlohmann::json& object, const char* field) {
  return object.at(field).get<std::uint64_t>();
}

std::uint64_t decode_json(const encoded_events& in) {
  const auto order = nlohmann::json::parse(in[0]);
  std::uint64_t sum = text_size(order, "order") + text_size(order, "customer");
  for (const auto& line : order.at("lines")) {
    sum += text_size(line, "sku") + number(line, "quantity") + number(line, "amount");
  }
  const auto reserved = nlohmann::json::parse(in[1]);
  sum += text_size(reserved, "order") + text_size(reserved, "sku") + number(reserved, "quantity") +
         number(reserved, "amount") + number(reserved, "lines");
  const auto paid = nlohmann::json::parse(in[2]);
  return sum + text_size(paid, "order") + number(paid, "amount") + number(paid, "reference");
}

} // namespace

sample_order make_sample(std::uint64_t number) {
  sample_order s;
  s.order = std::to_string(536'365 + number);
  s.customer = std::to_string(17'850 + number % 1000);
  for (std::size_t i = 0; i < s.lines.size(); ++i) {
    const auto n = number * sample_lines + i;
    s.lines[i] = {std::to_string(20'000 + n % 1000), static_cast<std::uint32_t>(1 + n % 12), 85 + n % 4000};
    s.amount += s.lines[i].amount;
  }
  s.reference = number * 0x9e3779b97f4a7c15ULL >> 8U;
  return s;
}

std::uint64_t sum_of(const sample_order& s) {
  std::uint64_t sum = s.order.size() + s.customer.size();
  for (const auto& line : s.lines) {
    sum += line.sku.size() + line.quantity + line.amount;
  }
  const auto& first = s.lines[0];
  sum += s.order.size() + first.sku.size() + first.quantity + first.amount + sample_lines;
  return sum + s.order.size() + s.amount + s.reference;
}

std::vector<codec> all_codecs() {
  std::vector<codec> codecs{{"FlatBuffers", encode_flatbuffers, decode_flatbuffers},
                            {"JSON (nlohmann)", encode_json, decode_json}};
  add_protobuf(codecs);
  return codecs;
}

} // namespace reel::demo
