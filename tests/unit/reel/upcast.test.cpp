#include <reel/upcast.hpp>

#include <reel/service.hpp>

#include <doctest/doctest.h>
#include <sample/withdrawals.hpp>

#include <algorithm>

using namespace sample::bank;

namespace {

/// What a choreography knows of MoneyWithdrawn.
reel::event_info withdrawn_of(const reel::choreography_info& choreography) {
  const auto found = std::find_if(choreography.events.begin(), choreography.events.end(),
                                  [](const auto& e) { return e.name == "sample.bank.MoneyWithdrawn"; });
  REQUIRE(found != choreography.events.end());
  return *found;
}

} // namespace

TEST_CASE("an upcast belongs to its event, wherever it is registered") {
  const auto plain =
      withdrawn_of(reel::choreography("bank").with(reel::service("accounts").upcasts<&with_receiver, &in_pence>()));
  REQUIRE(plain.upcasts.size() == 2);
  CHECK(plain.version == 3);
  const auto from_source = withdrawn_of(reel::choreography("bank")
                                            .from(reel::source("desk").publishes<MoneyWithdrawn>())
                                            .from(reel::source("desk").upcasts<&in_pence>())
                                            .with(reel::service("accounts").upcasts<&with_receiver, &in_pence>()));
  REQUIRE(from_source.upcasts.size() == 2); // the same function twice is one
  CHECK(from_source.upcasts[0].from == 2);
  CHECK(from_source.upcasts[0].to == 3);
  CHECK(from_source.upcasts[1].from == 1);
  CHECK(from_source.upcasts[1].to == 2);
}

TEST_CASE("an upcast verifies what it reads, and builds what comes next") {
  const auto type =
      withdrawn_of(reel::choreography("bank").with(reel::service("accounts").upcasts<&with_receiver, &in_pence>()));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(CreateMoneyWithdrawn1(builder, builder.CreateString("ann"), 7));
  const std::vector<std::byte> stored(reinterpret_cast<const std::byte*>(builder.GetBufferPointer()),
                                      reinterpret_cast<const std::byte*>(builder.GetBufferPointer()) +
                                          builder.GetSize());
  CHECK(type.upcasts[0].verify(stored));
  CHECK_FALSE(type.upcasts[0].verify(reel::bytes_view(stored).first(stored.size() / 2)));
  std::vector<std::byte> second;
  type.upcasts[0].run(stored.data(), second);
  REQUIRE(type.upcasts[1].verify(second));
  std::vector<std::byte> third;
  type.upcasts[1].run(second.data(), third);
  REQUIRE(type.verify(third));
  const auto& now = *flatbuffers::GetRoot<MoneyWithdrawn>(third.data());
  CHECK(now.account()->str() == "ann");
  CHECK(now.to()->str() == "nobody");
  CHECK(now.amount() == 700);
}
