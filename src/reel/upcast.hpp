// Reading events of older versions: a plain function turns what an event was into what it is now, or into the next
// version on the way there. Every reader sees the present version alone.
//
//   table Charged1 (older:"shop.payment.Charged", version:"1") { ... }      // in the schema: what Charged was
//
//   reel::upcasted<Charged> with_currency(const Charged1& old, const reel::upcast<Charged1, Charged>& to) {
//     return to.make(old.order(), old.amount(), Currency::pound);
//   }
//
//   reel::service("payment").hosts<Payment>().upcasts<&with_currency>();
#pragma once

#include <reel/outbox.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

namespace reel {

/// What an upcast has built and must return. Made by upcast::make or upcast::build.
template <class To>
class [[nodiscard]] upcasted {
public:
  explicit upcasted(flatbuffers::Offset<To> root) noexcept : root_(root) {}
  [[nodiscard]] flatbuffers::Offset<To> root() const noexcept {
    return root_;
  }

private:
  flatbuffers::Offset<To> root_;
};

/// Handed to the function that turns a `From` into a `To`; valid only during the call. The function must be pure, and
/// must keep the entity's key: it decides whose event this is.
template <class From, class To>
class upcast {
public:
  explicit upcast(flatbuffers::FlatBufferBuilder& builder) noexcept : builder_(&builder) {}

  /// Builds the result from its fields, like context::make.
  template <class... Fields>
  [[nodiscard]] upcasted<To> make(const Fields&... fields) const {
    return upcasted<To>(detail::build_table<To>(*builder_, fields...));
  }
  /// Builds the result by hand, like context::build.
  template <class Fill>
  [[nodiscard]] upcasted<To> build(Fill fill) const {
    return upcasted<To>(fill(*builder_));
  }

private:
  flatbuffers::FlatBufferBuilder* builder_;
};

namespace detail {

/// What a table says of itself: the present version of an event, or an older one.
template <class Table>
struct version_traits {
  using current = Table;
  static constexpr std::uint16_t version = event_traits<Table>::version;
};
template <class Table>
requires older_traits<Table>::is_older struct version_traits<Table> {
  using current = typename older_traits<Table>::current;
  static constexpr std::uint16_t version = older_traits<Table>::version;
};

template <class Table>
inline constexpr bool has_version = event_traits<Table>::is_event || older_traits<Table>::is_older;

template <class Function>
struct upcast_signature {
  static constexpr bool fits = false;
};
template <class From, class To>
struct upcast_signature<upcasted<To> (*)(const From&, const upcast<From, To>&)> {
  static constexpr bool fits = true;
  using from = From;
  using to = To;
};

template <auto Function>
void run_upcast(const std::byte* payload, std::vector<std::byte>& out) {
  using signature = upcast_signature<decltype(Function)>;
  using from = typename signature::from;
  using to = typename signature::to;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Function(*flatbuffers::GetRoot<from>(payload), upcast<from, to>(builder)).root());
  const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  out.assign(begin, begin + builder.GetSize());
}

template <auto Function, class From, class To>
event_info describe_versions() {
  using from = version_traits<From>;
  using to = version_traits<To>;
  constexpr bool same_event = std::is_same_v<typename from::current, typename to::current>;
  static_assert(same_event, "reel: an upcast stays with its event: both tables must be versions of the same one");
  static_assert(!same_event || from::version < to::version, "reel: an upcast leads from a version to a later one");
  auto result = info<typename to::current>();
  result.upcasts.push_back({from::version, to::version, &verify_event<From>, &run_upcast<Function>});
  return result;
}

/// The event that the function belongs to, with the upcast.
template <auto Function>
event_info describe_upcast() {
  using signature = upcast_signature<std::remove_const_t<decltype(Function)>>;
  static_assert(signature::fits,
                "reel: an upcast is a function upcasted<To>(const From&, const reel::upcast<From, To>&)");
  if constexpr (signature::fits) {
    using from = typename signature::from;
    using to = typename signature::to;
    static_assert(older_traits<from>::is_older,
                  "reel: an upcast begins with what an event was: mark the table with (older, version) in its schema");
    static_assert(has_version<to>, "reel: an upcast leads to an event, or to a table with (older, version)");
    if constexpr (older_traits<from>::is_older && has_version<to>) {
      return describe_versions<Function, from, to>();
    }
  }
  return {};
}

} // namespace detail
} // namespace reel
