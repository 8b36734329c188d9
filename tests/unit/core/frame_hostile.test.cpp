#include "core/frame.hpp"

#include "stored_frame.hpp"

#include <doctest/doctest.h>
#include <lz4.h>
#include <reel/frame_generated.h>

#include <cstdint>
#include <random>
#include <string>

using namespace reel;
using namespace reel::core;
using namespace reel::core::test;

namespace {

sealed_frame small_frame(bool compress) {
  frame_builder builder;
  builder.add_input({journal_id{1}, frame_sequence{1}, frame_sequence{2}, 3});
  builder.add_dependency({journal_id{1}, frame_sequence{2}, 3});
  for (std::uint32_t i = 0; i < 4; ++i) {
    builder.add_event(event_type_id{1 + i}, 1, correlation_id{7}, {journal_id{1}, frame_sequence{2}, i},
                      as_bytes("a payload, a payload"));
  }
  builder.add_ended({1, "sku"});
  pending_entry entry;
  entry.key = "sku";
  entry.payload.assign(9, std::byte{1});
  builder.add_pending(entry);
  return seal(builder, compress);
}

/// Why the bytes were refused; fails the test when they were accepted.
std::string refusal(bytes_view stored) {
  const auto result = frame::decode(stored);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == errc::corrupt);
  return result.error().what;
}

/// Reads all that readers reach of a frame, and checks that it lies inside.
void read_all(const frame& f) {
  const auto* payloads = f.body().payloads();
  const auto* begin = payloads != nullptr ? reinterpret_cast<const std::byte*>(payloads->data()) : nullptr;
  const auto size = payloads != nullptr ? payloads->size() : 0;
  for (std::size_t i = 0; i < f.event_count(); ++i) {
    const auto event = f.event(i);
    REQUIRE(reinterpret_cast<std::uintptr_t>(event.payload.data()) % 8 == 0);
    if (!event.payload.empty()) {
      REQUIRE(event.payload.data() >= begin);
      REQUIRE(event.payload.data() + event.payload.size() <= begin + size);
    }
  }
}

struct hostile_event {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  std::uint16_t cause = 0xffff;
};

/// A valid FlatBuffer of one event, 16 payload bytes and one cause.
bytes frame_with(const hostile_event& event, bool previous = true) {
  flatbuffers::FlatBufferBuilder builder;
  const std::vector<std::uint8_t> content(16, 1);
  builder.ForceVectorAlignment(content.size(), 1, 8);
  const auto payloads = builder.CreateVector(content);
  const std::vector<wire::EventHeader> headers{{1, 2, event.offset, event.size, event.cause, 1, 0, 0}};
  const auto events = builder.CreateVectorOfStructs(headers);
  const auto causes = builder.CreateVectorOfStructs(std::vector<wire::Cause>{{1, 1, 0}});
  const wire::Hash hash(1, 2, 3, 4);
  wire::FrameBuilder out(builder);
  if (previous) {
    out.add_previous(&hash);
  }
  out.add_payloads(payloads);
  out.add_events(events);
  out.add_causes(causes);
  builder.Finish(out.Finish());
  return copy({reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()});
}

bool mentions(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every flipped bit is found") {
  for (const bool compress : {true, false}) {
    const auto sealed = small_frame(compress);
    auto stored = copy(sealed.stored->view());
    REQUIRE(frame::decode(stored));
    std::size_t accepted = 0;
    for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
      const auto mask = std::byte{1} << (bit % 8);
      stored[bit / 8] ^= mask;
      accepted += frame::decode(stored).has_value() ? 1 : 0;
      stored[bit / 8] ^= mask;
    }
    CHECK(accepted == 0);
  }
}

TEST_CASE("every truncation and every appended byte is found") {
  for (const bool compress : {true, false}) {
    auto stored = copy(small_frame(compress).stored->view());
    for (std::size_t size = 0; size < stored.size(); ++size) {
      // A copy of its own, so that a sanitizer sees a read behind the end.
      const bytes shorter(stored.begin(), stored.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK_FALSE(frame::decode(shorter));
    }
    stored.push_back(std::byte{0});
    CHECK_FALSE(frame::decode(stored));
  }
}

TEST_CASE("a frame may lie at any address") {
  for (const bool compress : {true, false}) {
    const auto stored = copy(small_frame(compress).stored->view());
    for (std::size_t shift = 1; shift < 8; ++shift) {
      bytes shifted(shift);
      shifted.insert(shifted.end(), stored.begin(), stored.end());
      const auto result = frame::decode(bytes_view(shifted).subspan(shift));
      REQUIRE(result);
      read_all(**result);
    }
  }
}

TEST_CASE("the header is checked and the reason given") {
  const auto stored = copy(small_frame(false).stored->view());
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    auto copied = stored;
    copied[at] = std::byte{value};
    return copied;
  };
  mentions(refusal({}), "0 bytes, expected at least 16");
  mentions(refusal(changed(0, 'X')), "does not start with \"RF\"");
  mentions(refusal(changed(2, 9)), "format version 9");
  mentions(refusal(changed(3, 0x82)), "unknown flags");
  mentions(refusal(changed(7, 0xff)), "raw size");
  mentions(refusal(changed(4, 0)), "checksum");
  mentions(refusal(changed(20, 0xaa)), "checksum");
}

TEST_CASE("a raw size that lies is refused") {
  const auto sealed = small_frame(false);
  const auto body = body_of(sealed);
  const auto raw_size = static_cast<std::uint32_t>(body.size());
  REQUIRE(frame::decode(with_header(body)));
  for (const std::uint32_t lie : {0U, 1U, raw_size - 1, raw_size + 1, 1U << 20U}) {
    mentions(refusal(with_header(body, 0, lie)), "its header says");
  }

  std::vector<char> packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(body.size()))));
  const auto size = LZ4_compress_default(reinterpret_cast<const char*>(body.data()), packed.data(),
                                         static_cast<int>(body.size()), static_cast<int>(packed.size()));
  const auto block = as_bytes({packed.data(), static_cast<std::size_t>(size)});
  REQUIRE(frame::decode(with_header(block, stored_header::lz4, raw_size)));
  for (const std::uint32_t lie : {0U, 1U, raw_size - 1, raw_size + 1, 1U << 20U}) {
    mentions(refusal(with_header(block, stored_header::lz4, lie)), "does not decompress");
  }
  const auto limit = static_cast<std::uint32_t>(frame_raw_bytes_max);
  mentions(refusal(with_header(block, stored_header::lz4, limit + 1)), "raw size");
  mentions(refusal(with_header(block, stored_header::lz4, 0xfffffffe)), "raw size");
}

TEST_CASE("a small block that claims to be large is refused") {
  const bytes zeros(frame_raw_bytes_max * 2);
  std::vector<char> packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(zeros.size()))));
  const auto size = LZ4_compress_default(reinterpret_cast<const char*>(zeros.data()), packed.data(),
                                         static_cast<int>(zeros.size()), static_cast<int>(packed.size()));
  const auto block = as_bytes({packed.data(), static_cast<std::size_t>(size)});
  const auto limit = static_cast<std::uint32_t>(frame_raw_bytes_max);
  mentions(refusal(with_header(block, stored_header::lz4, limit * 2)), "raw size");
  mentions(refusal(with_header(block, stored_header::lz4, limit)), "does not decompress");
}

TEST_CASE("bytes that are no FlatBuffer are refused") {
  mentions(refusal(with_header({})), "not a valid FlatBuffer");
  mentions(refusal(with_header(bytes(64))), "not a valid FlatBuffer");
  mentions(refusal(with_header(bytes(64, std::byte{0xff}))), "not a valid FlatBuffer");
}

TEST_CASE("events must lie inside the payloads and name a cause that exists") {
  CHECK(frame::decode(with_header(frame_with({0, 16, 0}))));
  CHECK(frame::decode(with_header(frame_with({2, 0, 0xffff}))));
  mentions(refusal(with_header(frame_with({0, 17}))), "an event ends at byte 17, expected at most 16");
  mentions(refusal(with_header(frame_with({2, 1}))), "an event ends at byte 17");
  mentions(refusal(with_header(frame_with({3, 0}))), "an event ends at byte 24");
  // Sums that would wrap around in 32 bits.
  mentions(refusal(with_header(frame_with({0x20000000, 1}))), "an event ends at byte");
  mentions(refusal(with_header(frame_with({1, 0xfffffff8}))), "an event ends at byte");
  mentions(refusal(with_header(frame_with({0xffffffff, 0xffffffff}))), "an event ends at byte");
  mentions(refusal(with_header(frame_with({0, 8, 1}))), "cause 1 is not among its 1 causes");
  mentions(refusal(with_header(frame_with({0, 8, 0xfffe}))), "cause 65534");
  mentions(refusal(with_header(frame_with({0, 8}, false))), "no previous hash");
}

TEST_CASE("payloads that are not aligned are refused") {
  std::size_t refused = 0;
  for (std::size_t size = 8; size < 24; ++size) {
    flatbuffers::FlatBufferBuilder builder;
    const auto payloads = builder.CreateVector(std::vector<std::uint8_t>(size, 1));
    const wire::Hash hash(1, 2, 3, 4);
    wire::FrameBuilder out(builder);
    out.add_previous(&hash);
    out.add_payloads(payloads);
    builder.Finish(out.Finish());
    const bytes_view body(reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize());
    const auto result = frame::decode(with_header(body));
    if (!result) {
      mentions(result.error().what, "payloads are not aligned to 8 bytes");
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("random changes under a right checksum never lead outside the frame") {
  std::mt19937 random(20260501);
  const auto original = body_of(small_frame(false));
  std::size_t accepted = 0;
  constexpr std::size_t rounds = 20'000;
  for (std::size_t round = 0; round < rounds; ++round) {
    auto body = original;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = random() % body.size();
      // Small values make offsets and sizes that are wrong by little; others any value.
      body[at] = random() % 2 == 0 ? static_cast<std::byte>(random() % 16) : static_cast<std::byte>(random());
    }
    const auto result = frame::decode(with_header(body));
    if (result) {
      read_all(**result);
      ++accepted;
    } else if (result.error().code != errc::corrupt) {
      FAIL("another error than corrupt: ", result.error().what);
    }
  }
  CHECK(accepted > 0); // changes of payload bytes are not the codec's to find
  CHECK(accepted < rounds);
}
