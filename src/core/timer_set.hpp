// The armed deadlines of a partition: found by entity, ordered by when they are due. Made to hold millions.
#pragma once

#include <reel/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::core {

/// One deadline of one entity that will pass, unless it is stopped.
struct timer {
  static constexpr std::uint32_t no_event = 0xffffffff;

  timestamp due{};
  event_id cause; ///< the event that started it
  correlation_id correlation{};
  std::uint16_t deadline = 0;     ///< index in deadline_rules
  std::uint32_t event = no_event; ///< while it is open: an event of its entity in the open frame
  std::string key;                ///< of the entity
};

/// At most one timer for each deadline and entity. A timer is *open* from start() until close(): it has no place in the
/// order yet, because its time begins when the frame that starts it is sealed. A *held* one has no place in the order
/// either: it waits for a person or for a retry.
///
/// Records in one array, an index of 4 bytes per slot, a heap of 16 bytes per timer: about 130 bytes each with a key of
/// up to 15 characters, and no allocation in the steady state. Not thread-safe.
class timer_set {
public:
  using number = std::uint32_t; ///< of a record; valid until the timer is stopped
  static constexpr number none = 0xffffffff;

  /// Starts a timer, or starts it anew. It is open; `due` counts from close() on when `relative`.
  number start(timer started, bool relative);
  /// An open timer's event.
  void set_event(number record, std::uint32_t event) noexcept {
    records_[record].content.event = event;
  }
  [[nodiscard]] bool has_open() const noexcept {
    return !open_.empty();
  }
  /// Puts all open timers into the order and visits them. `sealed` is added to the due times of relative ones.
  void close(timestamp sealed, const std::function<void(const timer&)>& visit);
  /// Nothing happens when there is `none`.
  void stop(number record);
  /// Takes it out of the order; it stays armed.
  void hold(number record);
  /// Looks at it again at `until` instead of when it is due.
  void postpone(number record, timestamp until);
  void clear();

  [[nodiscard]] number find(std::uint16_t deadline, std::string_view key) const noexcept;
  [[nodiscard]] const timer& at(number record) const noexcept {
    return records_[record].content;
  }
  [[nodiscard]] bool is_open(number record) const noexcept {
    return records_[record].is_open;
  }
  [[nodiscard]] bool is_held(number record) const noexcept {
    return records_[record].is_held;
  }
  /// The closed timer that is next in the order, and when to look at it; none when there is none.
  [[nodiscard]] number next() const noexcept {
    return heap_.empty() ? none : heap_.front().record;
  }
  [[nodiscard]] timestamp next_time() const noexcept {
    return heap_.front().time;
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }
  /// All timers in an unspecified order.
  void for_each(const std::function<void(const timer&)>& visit) const;
  /// Memory in bytes, without keys of more than 15 characters.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
  struct record_entry {
    timer content;
    std::uint32_t hash = 0;
    std::uint32_t place = none; // in the heap; of an open one: in open_; of a free one: the next free one
    bool used = false;
    bool is_open = false;
    bool is_held = false;
    bool is_relative = false;
  };
  struct heap_entry {
    timestamp time;
    number record = none;
  };

  [[nodiscard]] std::size_t locate(std::uint16_t deadline, std::string_view key, std::uint32_t hash) const noexcept;
  number take_record();
  void free_slot(std::size_t hole) noexcept;
  void rehash(std::size_t count);
  void push(number record, timestamp time);
  void take_out(number record) noexcept;
  void sift_up(std::size_t place) noexcept;
  void sift_down(std::size_t place) noexcept;
  void put(std::size_t place, heap_entry entry) noexcept;

  std::vector<record_entry> records_;
  std::vector<number> slots_; // open addressing by deadline and key
  std::vector<heap_entry> heap_;
  std::vector<number> open_;
  number free_ = none;
  std::size_t size_ = 0;
};

} // namespace reel::core
