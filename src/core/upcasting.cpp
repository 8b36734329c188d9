#include "core/upcasting.hpp"

#include "core/frame.hpp"
#include "core/stored_header.hpp"

#include <reel/frame_generated.h>

#include <algorithm>
#include <exception>

namespace reel::core {
namespace {

/// What a frame's events may grow to: they may share their payloads, so the size of the frame is no bound.
constexpr std::size_t upcast_bytes_max = 4 * frame_raw_bytes_max;

/// The first journals said nothing of the versions of parked events.
constexpr std::uint16_t known_version(std::uint16_t version) noexcept {
  return version == 0 ? std::uint16_t{1} : version;
}

/// The upcast that begins with this version; null when there is none.
const upcast_info* upcast_from(const event_info& type, std::uint16_t version) noexcept {
  const auto found =
      std::find_if(type.upcasts.begin(), type.upcasts.end(), [&](const upcast_info& u) { return u.from == version; });
  return found != type.upcasts.end() ? &*found : nullptr;
}

tl::unexpected<error> no_upcast(const event_info& type, std::uint16_t version, const std::string& place) {
  return fail(errc::corrupt, place + ": " + std::string(type.name) + " has version " + std::to_string(version) +
                                 ", and no upcast leads from there to version " + std::to_string(type.version));
}

std::string place_of(const frame& f, const std::string& which) {
  return "frame " + std::to_string(number(f.sequence())) + ", " + which;
}

bytes_view payload_of(const wire::PendingEntry& entry) {
  const auto* payload = entry.payload();
  return payload != nullptr ? bytes_view(reinterpret_cast<const std::byte*>(payload->data()), payload->size())
                            : bytes_view();
}

/// Only reactions read the payload of what is parked.
template <class Visit>
expected<void> for_each_parked(const frame& f, const event_registry& registry, Visit visit) {
  if (const auto* pending = f.body().pending_added()) {
    for (const auto* p : *pending) {
      const auto* type = registry.find(event_type_id{p->type()});
      if (type == nullptr || p->reaction()->string_view().empty()) {
        continue;
      }
      const auto place = place_of(f, "pending entry " + std::to_string(p->number()));
      if (auto good = visit(*type, p->version(), payload_of(*p), place); !good) {
        return good;
      }
    }
  }
  return {};
}

} // namespace

std::uint16_t oldest_readable(const event_info& type) noexcept {
  auto oldest = type.version;
  for (auto version = oldest; version > 1; oldest = version) {
    const auto* step = upcast_from(type, --version);
    if (step == nullptr || step->to > type.version) {
      break;
    }
  }
  return oldest;
}

expected<void> verify_version(const event_info& type, std::uint16_t version, bytes_view payload,
                              const std::string& place) {
  version = known_version(version);
  if (version > type.version) {
    return fail(errc::newer, place + ": " + std::string(type.name) + " has version " + std::to_string(version) +
                                 ", but this program knows it up to version " + std::to_string(type.version) +
                                 ": run a newer program here");
  }
  const auto* step = version < type.version ? upcast_from(type, version) : nullptr;
  if (step == nullptr && version < type.version) {
    return no_upcast(type, version, place);
  }
  const auto verify = step != nullptr ? step->verify : type.verify;
  if (verify != nullptr && !verify(payload)) {
    const auto which = step != nullptr ? " of version " + std::to_string(version) : std::string();
    return fail(errc::corrupt, place + ": not a valid " + std::string(type.name) + which);
  }
  return {};
}

expected<std::vector<std::byte>> upcast_payload(const event_info& type, std::uint16_t version, bytes_view payload,
                                                const std::string& place) {
  version = known_version(version);
  std::vector<std::byte> now(payload.begin(), payload.end());
  while (version < type.version) {
    const auto* step = upcast_from(type, version);
    if (step == nullptr || step->to <= version || step->to > type.version) {
      return no_upcast(type, version, place);
    }
    std::vector<std::byte> next;
    try {
      step->run(now.data(), next);
    } catch (const std::exception& failure) {
      return fail(errc::corrupt, place + ": the upcast of " + std::string(type.name) + " from version " +
                                     std::to_string(version) + " threw: " + failure.what());
    }
    now = std::move(next);
    version = step->to;
  }
  return now;
}

// -- frames -----------------------------------------------------------------------------------------------------------

expected<void> verify_payloads(const frame& f, const event_registry& registry) {
  for (std::size_t i = 0; i < f.event_count(); ++i) {
    const auto event = f.event(i);
    const auto* type = registry.find(event.type);
    const bool plain =
        type == nullptr || (event.version == type->version && (type->verify == nullptr || type->verify(event.payload)));
    if (plain) {
      continue;
    }
    const auto place = place_of(f, "event " + std::to_string(i));
    if (auto good = verify_version(*type, event.version, event.payload, place); !good) {
      return good;
    }
  }
  return for_each_parked(f, registry, verify_version);
}

// What is parked is upcast when it is read (pending.cpp); here it only has to be possible.
expected<void> frame::bring_up_to_date(const event_registry& registry) {
  const auto is_older = [&](std::size_t i) {
    const auto event = detail::read_struct<detail::stored_event>(events_, i);
    const auto* type = registry.find(event_type_id{event.type});
    return type != nullptr && known_version(event.version) < type->version;
  };
  const auto parked = for_each_parked(*this, registry,
                                      [](const event_info& type, std::uint16_t version, bytes_view payload,
                                         const std::string& place) -> expected<void> {
                                        auto now = upcast_payload(type, version, payload, place);
                                        return now ? expected<void>() : tl::unexpected(now.error());
                                      });
  if (!parked) {
    return parked;
  }
  std::vector<detail::stored_event> headers;
  std::vector<std::byte> payloads;
  bool changed = false;
  for (std::size_t i = 0; i < event_count_; ++i) {
    changed = changed || is_older(i);
  }
  for (std::size_t i = 0; changed && i < event_count_; ++i) {
    auto header = detail::read_struct<detail::stored_event>(events_, i);
    const auto event = this->event(i);
    std::vector<std::byte> now(event.payload.begin(), event.payload.end());
    if (is_older(i)) {
      const auto& type = *registry.find(event.type);
      auto upcast = upcast_payload(type, event.version, event.payload, place_of(*this, "event " + std::to_string(i)));
      if (!upcast) {
        return tl::unexpected(upcast.error());
      }
      now = std::move(*upcast);
      header.version = type.version;
    }
    header.offset = static_cast<std::uint32_t>(payloads.size() / 8);
    header.size = static_cast<std::uint32_t>(now.size());
    payloads.insert(payloads.end(), now.begin(), now.end());
    payloads.resize((payloads.size() + 7) & ~std::size_t{7});
    if (payloads.size() > upcast_bytes_max) {
      return fail(errc::corrupt, "frame " + std::to_string(number(sequence_)) + ": its events grow to more than " +
                                     std::to_string(upcast_bytes_max) + " bytes in their present versions");
    }
    headers.push_back(header);
  }
  if (changed) {
    adopt_events(headers, payloads);
  }
  return {};
}

void frame::adopt_events(const std::vector<detail::stored_event>& headers, bytes_view payloads) {
  const auto header_bytes = std::as_bytes(std::span(headers));
  upcast_ = byte_buffer(header_bytes.size() + payloads.size());
  std::memcpy(upcast_.data(), header_bytes.data(), header_bytes.size());
  if (!payloads.empty()) {
    std::memcpy(upcast_.data() + header_bytes.size(), payloads.data(), payloads.size());
  }
  events_ = upcast_.data();
  payloads_ = upcast_.data() + header_bytes.size();
}

} // namespace reel::core
