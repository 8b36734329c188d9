#include "core/timers_written.hpp"

namespace reel::core {

keyed_timer_list write_keyed_timers(flatbuffers::FlatBufferBuilder& builder, const std::vector<keyed_timer>& timers) {
  if (timers.empty()) {
    return 0;
  }
  std::vector<flatbuffers::Offset<wire::KeyedTimer>> all;
  all.reserve(timers.size());
  for (const auto& t : timers) {
    all.push_back(wire::CreateKeyedTimer(
        builder, t.deadline, t.due.time_since_epoch().count(), static_cast<std::uint64_t>(t.correlation),
        static_cast<std::uint32_t>(t.cause.journal), static_cast<std::uint64_t>(t.cause.sequence), t.cause.index,
        builder.CreateString(t.key)));
  }
  return builder.CreateVector(all);
}

stopped_timer_list write_stopped_timers(flatbuffers::FlatBufferBuilder& builder,
                                        const std::vector<stopped_timer>& timers) {
  if (timers.empty()) {
    return 0;
  }
  std::vector<flatbuffers::Offset<wire::TimerStopped>> all;
  all.reserve(timers.size());
  for (const auto& t : timers) {
    all.push_back(wire::CreateTimerStopped(builder, t.deadline, static_cast<std::uint64_t>(t.correlation),
                                           builder.CreateString(t.key)));
  }
  return builder.CreateVector(all);
}

keyed_timer read_keyed_timer(const wire::KeyedTimer& timer) {
  return {timer.deadline(),
          timestamp(std::chrono::nanoseconds(timer.due())),
          correlation_id{timer.correlation()},
          {journal_id{timer.journal()}, frame_sequence{timer.sequence()}, timer.event()},
          timer.key()->str()};
}

} // namespace reel::core
