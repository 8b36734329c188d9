// Where events are built: each finished event's bytes, one after the other, until the runtime takes them into a frame.
#pragma once

#include <reel/event.hpp>

#include <flatbuffers/flatbuffers.h>

#include <cstring>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace reel {

/// A finished event in an outbox.
struct built_event {
  event_type_id type{};
  std::uint16_t version = 1;
  bytes_view payload; ///< 8-byte aligned; valid until the outbox is next changed
};

namespace detail {

template <class T>
inline constexpr bool is_text = std::is_convertible_v<const T&, std::string_view>;

template <class T>
inline constexpr bool is_scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <class T>
concept is_scalar_range = requires(const T& range) { // contiguous
  range.size();
  requires is_scalar<std::remove_cvref_t<decltype(*range.data())>>;
};

template <class T>
concept is_text_range = requires(const T& range) {
  range.end();
  requires is_text<std::remove_cvref_t<decltype(*range.begin())>> ||
      std::is_convertible_v<decltype(*range.begin()), const flatbuffers::String*>;
};

/// Turns an argument into what a generated Create function takes: texts become strings, ranges of them or of numbers
/// become vectors.
template <class T>
auto as_field(flatbuffers::FlatBufferBuilder& builder, const T& value) {
  if constexpr (std::is_convertible_v<const T&, const flatbuffers::String*>) {
    return builder.CreateString(static_cast<const flatbuffers::String*>(value));
  } else if constexpr (is_text<T>) {
    const std::string_view text(value);
    return builder.CreateString(text.data(), text.size());
  } else if constexpr (is_scalar<T>) {
    return value;
  } else if constexpr (is_text_range<T>) {
    std::vector<flatbuffers::Offset<flatbuffers::String>> texts;
    for (const auto& text : value) {
      texts.push_back(as_field(builder, text));
    }
    return builder.CreateVector(texts);
  } else if constexpr (is_scalar_range<T>) {
    return builder.CreateVector(value.data(), value.size());
  } else {
    static_assert(is_scalar_range<T>,
                  "reel: a field must be a number, an enum, a text, or a range of numbers or texts; "
                  "use build() for nested tables");
  }
}

template <class T>
using field_of = decltype(as_field(std::declval<flatbuffers::FlatBufferBuilder&>(), std::declval<const T&>()));

template <class Table, class... Fields>
inline constexpr bool fields_fit =
    std::is_invocable_v<decltype(Table::Traits::Create), flatbuffers::FlatBufferBuilder&, field_of<Fields>...>;

/// Builds a table from its fields, in the order of the schema.
template <class Table, class... Fields>
flatbuffers::Offset<Table> build_table(flatbuffers::FlatBufferBuilder& builder, const Fields&... fields) {
  constexpr bool counted = sizeof...(Fields) == Table::Traits::fields_number;
  constexpr bool fits = fields_fit<Table, Fields...>;
  static_assert(counted, "reel: give one argument for each field of the event, in the order of its schema");
  static_assert(!counted || fits,
                "reel: an argument does not fit its field: give them in the order of the schema; texts "
                "for strings, numbers and enums as they are");
  if constexpr (counted && fits) {
    return std::apply([&builder](const auto&... field) { return Table::Traits::Create(builder, field...); },
                      std::tuple<field_of<Fields>...>{as_field(builder, fields)...});
  } else {
    return {};
  }
}

} // namespace detail

/// Collects finished events in one reused memory. Not thread-safe.
///
/// Indices stay valid until clear(), payload views only until the next add(), build() or clear().
class outbox {
public:
  /// Builds an event from its fields, in the order of the schema. Returns its index.
  template <event Event, class... Fields>
  std::uint32_t add(const Fields&... fields) {
    return build<Event>(
        [&](flatbuffers::FlatBufferBuilder& builder) { return detail::build_table<Event>(builder, fields...); });
  }

  /// Builds an event by hand: `make(builder)` returns the table's offset. Returns the event's index.
  template <event Event, class Make>
  std::uint32_t build(Make make) {
    builder_.Clear();
    const flatbuffers::Offset<Event> root = make(builder_);
    builder_.Finish(root);
    return store(event_traits<Event>::id, event_traits<Event>::version, builder_.GetBufferPointer(),
                 builder_.GetSize());
  }

  /// Copies an event that is built already. Returns its index.
  std::uint32_t copy(const built_event& event) {
    return store(event.type, event.version, event.payload.data(), event.payload.size());
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return entries_.size();
  }
  /// Payload bytes of all events.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return arena_.size();
  }
  [[nodiscard]] built_event event(std::uint32_t index) const noexcept {
    const auto& e = entries_[index];
    return {e.type, e.version, {arena_.data() + e.offset, e.size}};
  }
  void clear() noexcept {
    entries_.clear();
    arena_.clear();
  }

private:
  struct entry {
    event_type_id type{};
    std::uint16_t version = 1;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };

  std::uint32_t store(event_type_id type, std::uint16_t version, const void* payload, std::size_t size) {
    const auto offset = arena_.size();
    arena_.resize((offset + size + 7) & ~std::size_t{7});
    std::memcpy(arena_.data() + offset, payload, size);
    entries_.push_back({type, version, static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size)});
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }

  flatbuffers::FlatBufferBuilder builder_{1024};
  std::vector<entry> entries_;
  std::vector<std::byte> arena_; // the default allocator aligns to 16, entries to 8
};

} // namespace reel
