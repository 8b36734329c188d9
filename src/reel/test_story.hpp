// Tests of a whole choreography as it is told: given what came in, when this comes in, expect that somebody publishes
// that.
//
//   given(shop::choreography(), make<GoodsReceived>("tea", 10UL))
//       .when(order("17", "tea", 4))
//       .expect(make<InventoryReserved>(...), make<OrderCompleted>("17"))
//       .expect_no<PaymentRefunded>()
//       .expect_invariants();
//
// All services run in this process, in virtual time, on a log in memory: the real actors, no thread, no disk, no
// waiting. The same test does the same every time.
#pragma once

#include <reel/testing.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reel::test {

/// A choreography's history. Every step throws: mismatch when an expectation is not met, std::logic_error when the test
/// itself is wrong (an event that no source publishes, say). Not thread-safe.
class story {
public:
  explicit story(choreography_info choreography);
  story(story&&) noexcept;
  story& operator=(story&&) noexcept;
  ~story();

  /// These events come in through the sources that publish them; everything that follows from them happens, but no
  /// deadline passes.
  template <std::same_as<example>... Examples>
  story& given(const Examples&... events) {
    enter({&events...}, false);
    return *this;
  }
  /// The same; and the expectations that follow are about what happens from now on.
  template <std::same_as<example>... Examples>
  story& when(const Examples&... events) {
    enter({&events...}, true);
    return *this;
  }
  /// Virtual time passes, and with it the deadlines that are due. Without it time stands still, but for reactions that
  /// throw and are tried again. What is expected is still what has happened since when().
  story& after(std::chrono::nanoseconds time);
  /// From now on the process dies and starts again, and the log refuses, delays and forgets to answer, all drawn from
  /// the seed. What is expected stays the same.
  story& under_faults(std::uint64_t seed);

  /// These events were published since when(), in this order; others may have been before, between and after them.
  template <std::same_as<example>... Examples>
  story& expect(const Examples&... events) {
    find({&events...});
    return *this;
  }
  /// Nothing was published since when() but what came in.
  story& expect_nothing();
  /// No event of this type was published since when().
  template <event Event>
  story& expect_no() {
    exclude(info<Event>());
    return *this;
  }
  /// Every invariant of the choreography holds, and every flow has ended.
  story& expect_invariants();
  /// The state of an entity as JSON: "inventory", "Stock", "tea". Throws std::logic_error when there is none.
  [[nodiscard]] std::string state(std::string_view service, std::string_view actor, std::string_view key) const;
  /// What happened since when(), flow by flow, for people.
  [[nodiscard]] std::string timeline() const;

private:
  struct stage;

  void enter(const std::vector<const example*>& events, bool watched);
  void find(const std::vector<const example*>& events) const;
  void exclude(const event_info& type) const;

  std::unique_ptr<stage> stage_;
};

/// Begins with a choreography into which these events have come.
template <std::same_as<example>... Examples>
[[nodiscard]] story given(choreography_info choreography, const Examples&... events) {
  story result(std::move(choreography));
  if constexpr (sizeof...(events) > 0) {
    result.given(events...);
  }
  return result;
}

} // namespace reel::test
