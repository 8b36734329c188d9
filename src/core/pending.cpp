#include "core/pending.hpp"

#include "core/upcasting.hpp"

#include <stdexcept>

namespace reel::core {

flatbuffers::Offset<wire::PendingEntry> write_pending(flatbuffers::FlatBufferBuilder& builder,
                                                      const pending_entry& entry) {
  builder.ForceVectorAlignment(entry.payload.size(), 1, 8);
  const auto payload =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(entry.payload.data()), entry.payload.size());
  return wire::CreatePendingEntry(
      builder, static_cast<std::uint32_t>(entry.event.journal), static_cast<std::uint64_t>(entry.event.sequence),
      entry.event.index, static_cast<std::uint32_t>(entry.type), static_cast<std::uint64_t>(entry.correlation),
      builder.CreateString(entry.actor), builder.CreateString(entry.reaction), builder.CreateString(entry.key),
      builder.CreateString(entry.error), entry.attempts, entry.dead, payload, entry.number,
      entry.due.time_since_epoch().count(), entry.version, entry.hash);
}

pending_entry read_pending(const wire::PendingEntry& entry, const event_registry& registry) {
  pending_entry out;
  out.number = entry.number();
  out.due = timestamp(std::chrono::nanoseconds(entry.due()));
  out.event = {journal_id{entry.journal()}, frame_sequence{entry.sequence()}, entry.event()};
  out.type = event_type_id{entry.type()};
  out.version = entry.version();
  out.correlation = correlation_id{entry.correlation()};
  out.actor = entry.actor()->str();
  out.reaction = entry.reaction()->str();
  out.key = entry.key()->str();
  out.error = entry.error() != nullptr ? entry.error()->str() : std::string();
  out.attempts = entry.attempts();
  out.dead = entry.dead();
  out.hash = entry.hash();
  if (const auto* payload = entry.payload()) {
    const auto* begin = reinterpret_cast<const std::byte*>(payload->data());
    out.payload.assign(begin, begin + payload->size());
  }
  const auto* type = registry.find(out.type);
  const bool is_older = type != nullptr && out.version < type->version;
  if (is_older && !out.reaction.empty()) {
    auto now = upcast_payload(*type, out.version, out.payload, "pending entry " + std::to_string(out.number));
    if (!now) {
      throw std::runtime_error(now.error().what);
    }
    out.payload = std::move(*now);
    out.version = type->version;
  }
  return out;
}

} // namespace reel::core
