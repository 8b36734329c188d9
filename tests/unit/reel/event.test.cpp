#include <reel/event_json.hpp>
#include <reel/outbox.hpp>
#include <sample/audit_events.hpp>
#include <sample/bank_events.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace sample::bank;

namespace {

std::string json_of(const reel::event_info& type, const reel::outbox& out, std::uint32_t index) {
  return reel::to_json(type, out.event(index).payload);
}

} // namespace

TEST_CASE("attributes of the schema are known at compile time") {
  using traits = reel::event_traits<MoneyReturned>;
  static_assert(reel::event<MoneyReturned>);
  static_assert(!reel::event<Receipt>);
  static_assert(traits::terminal && !traits::failure && !traits::internal);
  static_assert(std::is_same_v<traits::compensates, MoneyWithdrawn>);
  static_assert(reel::event_traits<MoneyWithdrawn>::version == 3);
  static_assert(reel::event_traits<MoneyReturned>::version == 1);
  static_assert(reel::event_traits<DepositRefused>::failure);
  static_assert(std::is_same_v<reel::event_traits<sample::audit::DepositReversed>::compensates, MoneyDeposited>);
  CHECK(traits::name == "sample.bank.MoneyReturned");
  CHECK(traits::entity_field == "account");
  CHECK(traits::compensates_id == reel::event_traits<MoneyWithdrawn>::id);
  CHECK(reel::event_traits<AccountOpened>::pii_fields[0] == "owner");
}

TEST_CASE("type ids are the low half of XXH3 of the name, for ever") {
  CHECK(reel::event_traits<sample::audit::DepositReversed>::id == reel::event_type_id{3079974169U});
  CHECK(reel::event_traits<MoneyDeposited>::id == reel::event_type_id{1671024967U});
}

TEST_CASE("an event_info reads keys and verifies payloads") {
  reel::outbox out;
  out.add<MoneyDeposited>("ann", "t1", 5U);
  out.add<Counted>(7U, sample::Currency::pound, 0.5, std::vector<std::uint64_t>{1}, std::vector<std::string>{}, "");
  const auto deposited = reel::info<MoneyDeposited>();
  reel::key_list keys;
  deposited.key(out.event(0).payload.data(), keys);
  reel::info<Counted>().key(out.event(1).payload.data(), keys);
  REQUIRE(keys.keys().size() == 2);
  CHECK(keys.keys()[0] == "ann");
  CHECK(keys.keys()[1] == "7");
  CHECK(deposited.verify(out.event(0).payload));
  CHECK_FALSE(deposited.verify(out.event(0).payload.first(8)));
  CHECK_FALSE(deposited.verify({}));
}

TEST_CASE("no damage to a payload gets past verification into undefined behaviour") {
  reel::outbox out;
  out.add<Counted>(7U, sample::Currency::pound, 0.5, std::vector<std::uint64_t>{1, 2}, std::vector<std::string>{"a"},
                   "b");
  const auto info = reel::info<Counted>();
  const auto payload = out.event(0).payload;
  std::vector<std::byte> bytes(payload.begin(), payload.end());
  int refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    if (info.verify(bytes)) {
      reel::key_list keys;
      info.key(bytes.data(), keys);
      CHECK_FALSE(reel::to_json(info, bytes).empty());
    } else {
      ++refused;
    }
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
  }
  CHECK(refused > 0);
}

TEST_CASE("an outbox turns arguments into fields") {
  reel::outbox out;
  const std::vector<std::string> words{"x", "y\"z"};
  const auto index = out.add<Counted>(1U, sample::Currency::euro, 1.25, std::vector<std::uint64_t>{3, 1ULL << 63U},
                                      words, std::string_view("remark"));
  const auto* event = flatbuffers::GetRoot<Counted>(out.event(index).payload.data());
  CHECK(event->number() == 1);
  CHECK(event->ratio() == 1.25);
  REQUIRE(event->values()->size() == 2);
  CHECK(event->values()->Get(1) == 1ULL << 63U);
  CHECK(event->words()->Get(1)->str() == "y\"z");
  CHECK(event->remark()->str() == "remark");
  const auto copy = out.add<MoneyReturned>(event->remark(), 2U); // a FlatBuffers string
  CHECK(flatbuffers::GetRoot<MoneyReturned>(out.event(copy).payload.data())->account()->str() == "remark");
}

TEST_CASE("an outbox keeps its events apart, aligned and versioned until it is cleared") {
  reel::outbox out;
  for (std::uint64_t i = 0; i < 100; ++i) {
    out.add<MoneyReturned>(std::string(i, 'a'), i);
  }
  out.add<MoneyWithdrawn>("a", "t", "b", 1U);
  REQUIRE(out.size() == 101);
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto event = out.event(i);
    CHECK(reinterpret_cast<std::uintptr_t>(event.payload.data()) % 8 == 0);
    REQUIRE(reel::info<MoneyReturned>().verify(event.payload));
    CHECK(flatbuffers::GetRoot<MoneyReturned>(event.payload.data())->amount() == i);
  }
  CHECK(out.event(100).version == 3);
  CHECK(out.event(100).type == reel::event_traits<MoneyWithdrawn>::id);
  out.clear();
  CHECK(out.size() == 0);
  CHECK(out.bytes() == 0);
}

TEST_CASE("an event that fails while it is built leaves no trace") {
  reel::outbox out;
  CHECK_THROWS(out.build<MoneyReturned>([](flatbuffers::FlatBufferBuilder& b) -> flatbuffers::Offset<MoneyReturned> {
    b.CreateString("half");
    throw std::runtime_error("no");
  }));
  CHECK(out.size() == 0);
  out.add<MoneyReturned>("ann", 1U);
  CHECK(reel::info<MoneyReturned>().verify(out.event(0).payload));
}

TEST_CASE("JSON of an event") {
  reel::outbox out;
  out.add<Counted>(1U, sample::Currency::pound, 0.1, std::vector<std::uint64_t>{~0ULL},
                   std::vector<std::string>{"a", "b"}, "line\n\"quoted\" \\ \x01 caf\xc3\xa9 \xff");
  CHECK(
      json_of(reel::info<Counted>(), out, 0) ==
      "{ \"number\": 1, \"currency\": \"pound\", \"ratio\": 0.1, \"values\": [ 18446744073709551615 ], "
      "\"words\": [ \"a\", \"b\" ], \"remark\": \"line\\u000a\\\"quoted\\\" \\\\ \\u0001 caf\xc3\xa9 \xef\xbf\xbd\" }");
  out.add<Counted>(1U, sample::Currency::pound, std::numeric_limits<double>::quiet_NaN(), std::vector<std::uint64_t>{},
                   std::vector<std::string>{}, "");
  CHECK(json_of(reel::info<Counted>(), out, 1).find("\"ratio\": null") != std::string::npos);
}
