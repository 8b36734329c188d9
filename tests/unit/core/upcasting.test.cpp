#include "core/upcasting.hpp"

#include "core/frame.hpp"
#include "core/pending.hpp"

#include <reel/frame_generated.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>

using namespace reel;
using namespace reel::core;

namespace {

constexpr event_type_id grown_type{7};
constexpr event_type_id other_type{8};

std::string text_of(bytes_view bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void put(std::vector<std::byte>& out, const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  out.assign(bytes.begin(), bytes.end());
}

// Payloads here are texts that begin with their version's digit; old ones end with a zero, like any C string.
template <char Digit>
bool begins_with(bytes_view payload) {
  return !payload.empty() && static_cast<char>(payload.front()) == Digit;
}

event_info grown() {
  event_info info;
  info.name = "shop.Grown";
  info.id = grown_type;
  info.version = 3;
  info.verify = &begins_with<'3'>;
  info.upcasts = {{2, 3, &begins_with<'2'>,
                   [](const std::byte* old, std::vector<std::byte>& out) {
                     put(out, "3" + std::string(reinterpret_cast<const char*>(old) + 1) + " in cents");
                   }},
                  {1, 2, &begins_with<'1'>, [](const std::byte* old, std::vector<std::byte>& out) {
                     const std::string text(reinterpret_cast<const char*>(old) + 1);
                     if (text == "bad") {
                       throw std::runtime_error("nobody knows this price");
                     }
                     put(out, "2" + text + ", named" + '\0');
                   }}};
  return info;
}

event_registry registry_of(event_info type) {
  event_info other;
  other.name = "shop.Other";
  other.id = other_type;
  return event_registry({std::move(type), other});
}

bytes_view stored(const std::string& text) { // with its final zero
  return std::as_bytes(std::span(text.c_str(), text.size() + 1));
}

class journal {
public:
  frame_builder builder;

  journal& add(event_type_id type, std::uint16_t version, const std::string& text) {
    builder.add_event(type, version, correlation_id{5}, {journal_id{1}, frame_sequence{9}, 2}, stored(text));
    return *this;
  }
  journal& park(std::uint16_t version, const std::string& text, const std::string& reaction = "react") {
    pending_entry entry;
    entry.number = 77;
    entry.type = grown_type;
    entry.version = version;
    entry.actor = "Actor";
    entry.reaction = reaction;
    entry.key = "K";
    entry.payload.assign(stored(text).begin(), stored(text).end());
    builder.add_pending(entry);
    return *this;
  }
  /// The stored bytes, decoded by a program that knows these types.
  expected<std::shared_ptr<const frame>> read(const event_registry& registry) {
    sealed_ = builder.seal(journal_id{3}, frame_sequence{42}, 1, {}, timestamp{});
    return frame::decode(sealed_.stored->view(), &registry);
  }
  [[nodiscard]] const sealed_frame& sealed() const {
    return sealed_;
  }

private:
  sealed_frame sealed_;
};

error refusal(journal&& j, const event_info& type = grown()) {
  const auto registry = registry_of(type);
  const auto read = j.read(registry);
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

} // namespace

TEST_CASE("events of older versions are read in the present one, all others as they are") {
  const auto registry = registry_of(grown());
  journal j;
  j.add(other_type, 1, "other").add(grown_type, 1, "1five").add(grown_type, 3, "3six in cents");
  j.add(grown_type, 2, "2seven").add(event_type_id{99}, 5, "of a type that nobody knows");
  const auto read = j.read(registry);
  REQUIRE(read.has_value());
  const auto& f = **read;
  REQUIRE(f.event_count() == 5);
  CHECK(text_of(f.event(0).payload) == text_of(stored("other")));
  CHECK(f.event(0).version == 1);
  CHECK(text_of(f.event(1).payload) == "3five, named in cents");
  CHECK(text_of(f.event(2).payload) == text_of(stored("3six in cents")));
  CHECK(text_of(f.event(3).payload) == "3seven in cents");
  CHECK(f.event(4).version == 5);
  for (const std::size_t i : {1, 2, 3}) {
    CHECK(f.event(i).version == 3);
    CHECK(f.event(i).type == grown_type);
    CHECK(f.event(i).correlation == correlation_id{5});
    CHECK(f.event(i).cause == event_id{journal_id{1}, frame_sequence{9}, 2});
    CHECK(reinterpret_cast<std::uintptr_t>(f.event(i).payload.data()) % 8 == 0);
  }
  CHECK(f.hash() == j.sealed().decoded->hash()); // of what is stored
  CHECK(verify_payloads(f, registry));
}

TEST_CASE("without a registry a frame is what is stored") {
  journal j;
  j.add(grown_type, 1, "1five");
  (void)j.read(registry_of(grown()));
  const auto raw = frame::decode(j.sealed().stored->view());
  REQUIRE(raw.has_value());
  CHECK((*raw)->event(0).version == 1);
}

TEST_CASE("a later version than this program's is refused, and says so") {
  const auto said = refusal(std::move(journal().add(grown_type, 3, "3ok").add(grown_type, 4, "4new")));
  CHECK(said.code == errc::newer);
  CHECK(said.what == "frame 42, event 1: shop.Grown has version 4, but this program knows it up to version 3: run a "
                     "newer program here");
  CHECK(refusal(std::move(journal().park(4, "4new"))).code == errc::newer);
}

TEST_CASE("a version without an upcast, or with a broken one, is refused") {
  auto gap = grown();
  gap.upcasts.pop_back();
  CHECK(refusal(std::move(journal().add(grown_type, 1, "1five")), gap).what ==
        "frame 42, event 0: shop.Grown has version 1, and no upcast leads from there to version 3");
  gap.upcasts = {grown().upcasts[1]};
  CHECK(refusal(std::move(journal().add(grown_type, 1, "1five")), gap).what ==
        "frame 42, event 0: shop.Grown has version 2, and no upcast leads from there to version 3");
  CHECK(refusal(std::move(journal().add(grown_type, 1, "1bad"))).what ==
        "frame 42, event 0: the upcast of shop.Grown from version 1 threw: nobody knows this price");
  CHECK(refusal(std::move(journal().add(grown_type, 2, "1five"))).what ==
        "frame 42, event 0: not a valid shop.Grown of version 2");
  CHECK(refusal(std::move(journal().add(grown_type, 3, "1five"))).what == "frame 42, event 0: not a valid shop.Grown");
}

TEST_CASE("what is parked is read in the present version, and checked when its frame is read") {
  const auto registry = registry_of(grown());
  journal j;
  j.park(1, "1five");
  const auto read = j.read(registry);
  REQUIRE(read.has_value());
  const auto entry = read_pending(*(*read)->body().pending_added()->Get(0), registry);
  CHECK(text_of(entry.payload) == "3five, named in cents");
  CHECK(entry.version == 3);
  CHECK(refusal(std::move(journal().park(1, "1bad"))).what ==
        "frame 42, pending entry 77: the upcast of shop.Grown from version 1 threw: nobody knows this price");

  journal only_ends; // an entry without reaction ends its entity: nobody reads the payload
  only_ends.park(1, "1bad", "");
  const auto kept = only_ends.read(registry);
  REQUIRE(kept.has_value());
  CHECK(read_pending(*(*kept)->body().pending_added()->Get(0), registry).version == 1);
}

TEST_CASE("a version of 0 is the first one: the first journals did not note it for parked events") {
  const auto registry = registry_of(grown());
  journal j;
  j.park(0, "1five");
  const auto read = j.read(registry);
  REQUIRE(read.has_value());
  CHECK(text_of(read_pending(*(*read)->body().pending_added()->Get(0), registry).payload) == "3five, named in cents");
}

TEST_CASE("the oldest readable version is as far back as the chain goes") {
  auto type = grown();
  CHECK(oldest_readable(type) == 1);
  type.upcasts.pop_back();
  CHECK(oldest_readable(type) == 2);
  type.upcasts = {{1, 3, nullptr, nullptr}}; // version 2 is not readable, so a program that writes it is not
  CHECK(oldest_readable(type) == 3);
  type.version = 1;
  CHECK(oldest_readable(type) == 1);
}
