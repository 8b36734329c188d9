#include "core/frame.hpp"

#include "stored_frame.hpp"

#include <doctest/doctest.h>
#include <reel/frame_generated.h>

#include <random>
#include <stdexcept>
#include <string>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;

namespace {

/// Compares a decoded frame with the frame that seal() gave next to the stored bytes.
void check_same(const frame& left, const frame& right) {
  CHECK(left.journal() == right.journal());
  CHECK(left.sequence() == right.sequence());
  CHECK(left.epoch() == right.epoch());
  CHECK(left.time() == right.time());
  CHECK(left.previous() == right.previous());
  CHECK(left.hash() == right.hash());
  CHECK(left.raw_size() == right.raw_size());
  CHECK(left.stored_size() == right.stored_size());
  REQUIRE(left.event_count() == right.event_count());
  for (std::size_t i = 0; i < left.event_count(); ++i) {
    const auto a = left.event(i);
    const auto b = right.event(i);
    CHECK(a.id == b.id);
    CHECK(a.cause == b.cause);
    CHECK(a.type == b.type);
    CHECK(a.correlation == b.correlation);
    CHECK(a.version == b.version);
    CHECK(std::equal(a.payload.begin(), a.payload.end(), b.payload.begin(), b.payload.end()));
  }
}

std::shared_ptr<const frame> decoded(const sealed_frame& sealed) {
  const auto result = frame::decode(sealed.stored->view());
  REQUIRE_MESSAGE(result, result.error().what);
  check_same(**result, *sealed.decoded);
  return *result;
}

} // namespace

TEST_CASE("a frame without content can be sealed and decoded") {
  frame_builder builder;
  CHECK(builder.empty());
  const auto f = decoded(seal(builder));
  CHECK(f->event_count() == 0);
  CHECK(f->journal() == journal_id{7});
  CHECK(f->sequence() == frame_sequence{42});
  CHECK(f->epoch() == 5);
  CHECK(f->time() == timestamp(std::chrono::nanoseconds(123)));
  CHECK(f->previous() == previous_hash);
  CHECK(f->body().genesis() == nullptr);
  CHECK_FALSE(f->body().owned());
}

TEST_CASE("an event keeps every field of its envelope") {
  frame_builder builder;
  const event_id cause{journal_id{0xa1a2a3a4}, frame_sequence{0xb1b2b3b4b5b6b7b8}, 0xc1c2c3c4};
  builder.add_event(event_type_id{0xd1d2d3d4}, 0xe1e2, correlation_id{0xf1f2f3f4f5f6f7f8}, cause, as_bytes("payload"));
  builder.add_event(event_type_id{2}, 1, correlation_id{3}, {}, {});
  CHECK(builder.event_count() == 2);
  CHECK_FALSE(builder.empty());
  const auto f = decoded(seal(builder));
  REQUIRE(f->event_count() == 2);

  const auto first = f->event(0);
  CHECK(first.id == event_id{journal_id{7}, frame_sequence{42}, 0});
  CHECK(first.cause == cause);
  CHECK(first.type == event_type_id{0xd1d2d3d4});
  CHECK(f->type_of(0) == first.type);
  CHECK(first.version == 0xe1e2);
  CHECK(first.correlation == correlation_id{0xf1f2f3f4f5f6f7f8});
  CHECK(copy(first.payload) == copy(as_bytes("payload")));

  const auto second = f->event(1);
  CHECK(second.id.index == 1);
  CHECK_FALSE(exists(second.cause));
  CHECK(second.payload.empty());
}

TEST_CASE("payloads of every size are aligned and unchanged") {
  frame_builder builder;
  std::vector<bytes> payloads;
  for (std::size_t size = 0; size < 70; ++size) {
    payloads.emplace_back(size, static_cast<std::byte>(size + 1));
    builder.add_event(event_type_id{1}, 1, correlation_id{size}, {}, payloads.back());
  }
  for (const bool compress : {true, false}) {
    for (std::size_t i = builder.event_count(); i < payloads.size(); ++i) {
      builder.add_event(event_type_id{1}, 1, correlation_id{i}, {}, payloads[i]);
    }
    const auto f = decoded(seal(builder, compress));
    REQUIRE(f->event_count() == payloads.size());
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      const auto payload = f->event(i).payload;
      CHECK(reinterpret_cast<std::uintptr_t>(payload.data()) % 8 == 0);
      CHECK(copy(payload) == payloads[i]);
    }
  }
}

TEST_CASE("a causing frame is stored once, whatever the order of the events") {
  frame_builder builder;
  constexpr std::uint32_t causes = 300;
  for (std::uint32_t i = 0; i < causes * 4; ++i) {
    // The same sequences in two journals, revisited in turns.
    const event_id cause{journal_id{i % 2}, frame_sequence{1 + (i % causes) / 2}, i};
    builder.add_event(event_type_id{1}, 1, correlation_id{i}, cause, {});
  }
  const auto f = decoded(seal(builder));
  CHECK(f->body().causes()->size() == causes);
  for (std::uint32_t i = 0; i < causes * 4; ++i) {
    CHECK(f->event(i).cause == event_id{journal_id{i % 2}, frame_sequence{1 + (i % causes) / 2}, i});
  }
}

TEST_CASE("a sealed builder starts again from nothing") {
  frame_builder builder;
  builder.set_genesis({"shop", 9, "inventory", 1, 4});
  builder.set_owned("node-1");
  builder.add_input({journal_id{1}, frame_sequence{2}, frame_sequence{3}, 4});
  builder.add_dependency({journal_id{1}, frame_sequence{3}, 4});
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {journal_id{1}, frame_sequence{3}, 0}, as_bytes("one"));
  builder.add_ended({1, "sku"});
  builder.set_ingress({"orders.csv", 3, false});
  builder.add_pending({});
  const auto first = seal(builder);
  CHECK(builder.empty());
  CHECK(builder.size() == 0);
  CHECK(builder.event_count() == 0);

  // A cause of the frame before must be stored again.
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {journal_id{1}, frame_sequence{3}, 6}, as_bytes("two"));
  const auto f = decoded(seal(builder));
  CHECK(f->event_count() == 1);
  CHECK(f->event(0).cause == event_id{journal_id{1}, frame_sequence{3}, 6});
  CHECK(f->body().genesis() == nullptr);
  CHECK(f->body().owner() == nullptr);
  CHECK(f->body().inputs() == nullptr);
  CHECK(f->body().dependencies() == nullptr);
  CHECK(f->body().ended() == nullptr);
  CHECK(f->body().ingress() == nullptr);
  CHECK(f->body().pending_added() == nullptr);
  CHECK(first.decoded->event_count() == 1); // not touched by the second frame
  CHECK(copy(first.decoded->event(0).payload) == copy(as_bytes("one")));
}

TEST_CASE("equal content gives equal bytes") {
  const auto build = [](frame_builder& builder) {
    for (std::uint32_t i = 0; i < 100; ++i) {
      builder.add_event(event_type_id{i}, 1, correlation_id{i}, {}, as_bytes("a payload of some bytes"));
    }
    return seal(builder);
  };
  frame_builder fresh;
  frame_builder used;
  used.add_event(event_type_id{1}, 1, correlation_id{1}, {}, bytes(5'000, std::byte{0xff}));
  used.clear();
  CHECK(copy(build(fresh).stored->view()) == copy(build(used).stored->view()));
}

TEST_CASE("genesis and owner are kept") {
  frame_builder builder;
  builder.set_genesis({"shop", 0x1122334455667788, "inventory", 3, 8});
  builder.set_owned("node-1");
  const auto f = decoded(seal(builder));
  const auto* genesis = f->body().genesis();
  REQUIRE(genesis != nullptr);
  CHECK(genesis->cluster()->str() == "shop");
  CHECK(genesis->incarnation() == 0x1122334455667788);
  CHECK(genesis->service()->str() == "inventory");
  CHECK(genesis->partition() == 3);
  CHECK(genesis->partitions() == 8);
  CHECK(genesis->key_hash()->str() == "xxh3-64");
  CHECK(genesis->chain_hash()->str() == "sha-256");
  CHECK(f->body().owned());
  CHECK(f->body().owner()->str() == "node-1");
}

TEST_CASE("inputs, dependencies, ended entities and the ingress mark are kept") {
  frame_builder builder;
  builder.add_input({journal_id{1}, frame_sequence{2}, frame_sequence{3}, 4});
  builder.add_dependency({journal_id{5}, frame_sequence{6}, 7});
  builder.add_ended({2, "sku-1"});
  builder.set_ingress({"orders.csv", 1'000, true});
  const auto f = decoded(seal(builder));
  REQUIRE(f->body().inputs()->size() == 1);
  const auto* input = f->body().inputs()->Get(0);
  CHECK(input->journal() == 1);
  CHECK(input->from() == 2);
  CHECK(input->to() == 3);
  CHECK(input->hash() == 4);
  const auto* dependency = f->body().dependencies()->Get(0);
  CHECK(dependency->journal() == 5);
  CHECK(dependency->sequence() == 6);
  CHECK(dependency->hash() == 7);
  CHECK(f->body().ended()->Get(0)->actor() == 2);
  CHECK(f->body().ended()->Get(0)->key()->str() == "sku-1");
  CHECK(f->body().ingress()->input()->str() == "orders.csv");
  CHECK(f->body().ingress()->offset() == 1'000);
  CHECK(f->body().ingress()->complete());
}

TEST_CASE("a pending entry keeps its payload aligned") {
  frame_builder builder;
  pending_entry entry;
  entry.event = {journal_id{1}, frame_sequence{2}, 3};
  entry.type = event_type_id{4};
  entry.correlation = correlation_id{5};
  entry.actor = "Stock";
  entry.reaction = "reserve";
  entry.key = "sku-1";
  entry.error = "out of range";
  entry.attempts = 6;
  entry.dead = true;
  for (std::size_t size = 1; size < 20; ++size) {
    entry.payload.assign(size, std::byte{9});
    builder.add_pending(entry);
  }
  const auto f = decoded(seal(builder));
  REQUIRE(f->body().pending_added()->size() == 19);
  for (const auto* stored : *f->body().pending_added()) {
    CHECK(reinterpret_cast<std::uintptr_t>(stored->payload()->data()) % 8 == 0);
  }
  const auto* stored = f->body().pending_added()->Get(18);
  CHECK(stored->sequence() == 2);
  CHECK(stored->event() == 3);
  CHECK(stored->actor()->str() == "Stock");
  CHECK(stored->reaction()->str() == "reserve");
  CHECK(stored->error()->str() == "out of range");
  CHECK(stored->attempts() == 6);
  CHECK(stored->dead());
  CHECK(stored->payload()->size() == 19);
}

TEST_CASE("a frame is compressed only when that saves an eighth") {
  frame_builder builder;
  const bytes repeating(1'000, std::byte{1});
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, repeating);
  const auto packed = seal(builder);
  CHECK(packed.stored->size() < 300);
  CHECK(packed.decoded->raw_size() > 1'000);
  CHECK(packed.decoded->stored_size() == packed.stored->size());

  std::mt19937 random(1);
  bytes noise(1'000);
  for (auto& byte : noise) {
    byte = static_cast<std::byte>(random());
  }
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, noise);
  const auto plain = seal(builder);
  CHECK(plain.stored->size() == plain.decoded->raw_size() + sizeof(stored_header));

  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, repeating);
  const auto unpacked = seal(builder, false);
  CHECK(unpacked.stored->size() == unpacked.decoded->raw_size() + sizeof(stored_header));
}

TEST_CASE("a frame of 100,000 events is decoded like any other") {
  constexpr std::uint32_t events = 100'000;
  frame_builder builder;
  for (std::uint32_t i = 0; i < events; ++i) {
    const auto text = "event " + std::to_string(i) + " with about eighty bytes, as an order's event has in the shop";
    builder.add_event(event_type_id{i % 5}, 1, correlation_id{i}, {journal_id{1}, frame_sequence{1 + i / 10}, i % 10},
                      as_bytes(text));
  }
  const auto sealed = seal(builder);
  const auto result = frame::decode(sealed.stored->view());
  REQUIRE(result);
  REQUIRE((*result)->event_count() == events);
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < events; ++i) {
    const auto event = (*result)->event(i);
    const auto text = "event " + std::to_string(i) + " with about eighty bytes, as an order's event has in the shop";
    const bool good = event.cause == event_id{journal_id{1}, frame_sequence{1 + i / 10}, i % 10} &&
                      event.correlation == correlation_id{i} && copy(event.payload) == copy(as_bytes(text));
    wrong += good ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("too much for one frame is refused before it is stored") {
  frame_builder builder;
  const bytes large(1024 * 1024);
  for (std::size_t i = 0; i < frame_raw_bytes_max / large.size(); ++i) {
    builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, large);
  }
  CHECK(builder.size() >= frame_raw_bytes_max);
  CHECK_THROWS_AS(static_cast<void>(seal(builder)), std::length_error);

  builder.clear();
  for (std::uint32_t i = 0; i < 0xffff; ++i) {
    builder.add_event(event_type_id{1}, 1, correlation_id{1}, {journal_id{1}, frame_sequence{1 + i}, 0}, {});
  }
  const event_id one_more{journal_id{2}, frame_sequence{1}, 0};
  CHECK_THROWS_AS(builder.add_event(event_type_id{1}, 1, correlation_id{1}, one_more, {}), std::length_error);
  CHECK(builder.event_count() == 0xffff); // nothing was added
  const auto f = decoded(seal(builder));
  CHECK(f->event(0xfffe).cause.sequence == frame_sequence{0xffff});
}

TEST_CASE("the hash covers the stored bytes") {
  frame_builder builder;
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, as_bytes("x"));
  const auto sealed = seal(builder);
  CHECK(sealed.decoded->hash() == sha256(sealed.stored->view()));
}

TEST_CASE("payloads of known types are verified") {
  event_info known;
  known.name = "shop.Known";
  known.id = event_type_id{1};
  known.verify = [](bytes_view payload) { return payload.size() == 2; };
  const event_registry registry({known});
  frame_builder builder;
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, as_bytes("ok"));
  builder.add_event(event_type_id{9}, 1, correlation_id{1}, {}, as_bytes("of a type that nobody knows"));
  CHECK(verify_payloads(*seal(builder).decoded, registry));

  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, as_bytes("ok"));
  builder.add_event(event_type_id{1}, 1, correlation_id{1}, {}, as_bytes("wrong"));
  const auto result = verify_payloads(*seal(builder).decoded, registry);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == errc::corrupt);
  CHECK(result.error().what == "frame 42, event 1: not a valid shop.Known");
}

TEST_CASE("a journal is named after its service and partition") {
  CHECK(journal_name("inventory", 0) == "inventory/0");
  CHECK(journal_name("orders", 12) == "orders/12");
}
