#include "core/frame.hpp"

#include "core/stored_header.hpp"

#include <lz4.h>
#include <reel/frame_generated.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace reel::core {

namespace {

static_assert(sizeof(detail::stored_event) == sizeof(wire::EventHeader));
static_assert(sizeof(detail::stored_cause) == sizeof(wire::Cause));

constexpr std::size_t payload_alignment = 8;

tl::unexpected<error> corrupt(std::string what) {
  return fail(errc::corrupt, "frame: " + std::move(what));
}

std::string mismatch(std::string_view what, std::uint64_t found, std::uint64_t expected_at_most) {
  return std::string(what) + " " + std::to_string(found) + ", expected at most " + std::to_string(expected_at_most);
}

expected<void> check_header(const stored_header& header, bytes_view rest) {
  if (header.magic[0] != 'R' || header.magic[1] != 'F') {
    return corrupt("does not start with \"RF\"");
  }
  if (header.version != 1) {
    return corrupt("format version " + std::to_string(header.version) + ", this program reads version 1");
  }
  if ((header.flags & ~stored_header::lz4) != 0) {
    return corrupt("unknown flags " + std::to_string(header.flags));
  }
  if (header.raw_size > frame_raw_bytes_max) {
    return corrupt(mismatch("raw size", header.raw_size, frame_raw_bytes_max));
  }
  if (rest.size() > frame_raw_bytes_max) {
    return corrupt(mismatch("stored size", rest.size(), frame_raw_bytes_max));
  }
  if (header.checksum != header.checksum_of(rest)) {
    return corrupt("checksum differs: bytes were changed or cut off");
  }
  return {};
}

expected<byte_buffer> unpack(const stored_header& header, bytes_view rest) {
  if ((header.flags & stored_header::lz4) == 0) {
    if (rest.size() != header.raw_size) {
      return corrupt("holds " + std::to_string(rest.size()) + " bytes, its header says " +
                     std::to_string(header.raw_size));
    }
    return byte_buffer(rest);
  }
  byte_buffer raw(header.raw_size);
  const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(rest.data()), reinterpret_cast<char*>(raw.data()),
                                       static_cast<int>(rest.size()), static_cast<int>(raw.size()));
  if (size < 0 || static_cast<std::size_t>(size) != raw.size()) {
    return corrupt("does not decompress to the size in its header");
  }
  return raw;
}

template <class Vector>
bool aligned(const Vector* vector) {
  return vector == nullptr || reinterpret_cast<std::uintptr_t>(vector->Data()) % payload_alignment == 0;
}

// The FlatBuffers verifier checks that vectors lie inside the buffer, but not where their elements start.
expected<void> check_alignment(const wire::Frame& body) {
  const std::pair<std::string_view, bool> vectors[] = {
      {"inputs", aligned(body.inputs())},
      {"dependencies", aligned(body.dependencies())},
      {"causes", aligned(body.causes())},
      {"events", aligned(body.events())},
      {"payloads", aligned(body.payloads())},
      {"pending_settled", aligned(body.pending_settled())},
      {"effects_settled", aligned(body.effects_settled())},
      {"timers", aligned(body.timers())},
  };
  for (const auto& [name, good] : vectors) {
    if (!good) {
      return corrupt(std::string(name) + " are not aligned to 8 bytes");
    }
  }
  if (body.pending_added() != nullptr) {
    for (const auto* entry : *body.pending_added()) {
      if (!aligned(entry->payload())) {
        return corrupt("the payload of a pending entry is not aligned to 8 bytes");
      }
    }
  }
  return {};
}

expected<void> check_events(const wire::Frame& body) {
  if (body.events() == nullptr) {
    return {};
  }
  const std::uint64_t payload_bytes = body.payloads() != nullptr ? body.payloads()->size() : 0;
  const std::uint64_t causes = body.causes() != nullptr ? body.causes()->size() : 0;
  for (const auto* event : *body.events()) {
    const std::uint64_t end = std::uint64_t{event->offset()} * payload_alignment + event->size();
    if (end > payload_bytes) {
      return corrupt(mismatch("an event ends at byte", end, payload_bytes));
    }
    if (event->cause() != detail::no_cause && event->cause() >= causes) {
      return corrupt("an event's cause " + std::to_string(event->cause()) + " is not among its " +
                     std::to_string(causes) + " causes");
    }
  }
  return {};
}

expected<void> check_timers(const wire::Frame& body) {
  const std::uint64_t events = body.events() != nullptr ? body.events()->size() : 0;
  if (const auto* timers = body.timers()) {
    for (const auto* timer : *timers) {
      if (timer->event() >= events) {
        return corrupt(mismatch("a timer is of event", timer->event(), events));
      }
    }
  }
  return {};
}

expected<void> check_structure(const byte_buffer& raw) {
  constexpr flatbuffers::uoffset_t depth_max = 16;
  constexpr flatbuffers::uoffset_t tables_max = 4'000'000;
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size(), depth_max, tables_max);
  if (!verifier.VerifyBuffer<wire::Frame>(nullptr)) {
    return corrupt("is not a valid FlatBuffer");
  }
  const auto& body = *flatbuffers::GetRoot<wire::Frame>(raw.data());
  if (body.previous() == nullptr) {
    return corrupt("has no previous hash");
  }
  if (auto good = check_alignment(body); !good) {
    return good;
  }
  if (auto good = check_events(body); !good) {
    return good;
  }
  return check_timers(body);
}

} // namespace

expected<std::shared_ptr<const frame>> frame::decode(bytes_view stored, const event_registry* registry) {
  stored_header header;
  if (stored.size() < sizeof(header)) {
    return corrupt(std::to_string(stored.size()) + " bytes, expected at least " + std::to_string(sizeof(header)));
  }
  std::memcpy(&header, stored.data(), sizeof(header));
  const auto rest = stored.subspan(sizeof(header));
  if (auto good = check_header(header, rest); !good) {
    return tl::unexpected(good.error());
  }
  auto raw = unpack(header, rest);
  if (!raw) {
    return tl::unexpected(raw.error());
  }
  if (auto good = check_structure(*raw); !good) {
    return tl::unexpected(good.error());
  }
  std::shared_ptr<frame> result(new frame());
  result->adopt(std::move(*raw), sha256(stored), stored.size());
  if (registry != nullptr) {
    auto good = verify_payloads(*result, *registry).and_then([&] { return result->bring_up_to_date(*registry); });
    if (!good) {
      return tl::unexpected(std::move(good.error()));
    }
  }
  return result;
}

void frame::adopt(byte_buffer raw, const frame_hash& hash, std::size_t stored_size) {
  raw_ = std::move(raw);
  hash_ = hash;
  stored_size_ = stored_size;
  body_ = flatbuffers::GetRoot<wire::Frame>(raw_.data());
  if (const auto* events = body_->events()) {
    events_ = reinterpret_cast<const std::byte*>(events->Data());
    event_count_ = events->size();
  }
  payloads_ = body_->payloads() != nullptr ? reinterpret_cast<const std::byte*>(body_->payloads()->data()) : nullptr;
  causes_ = body_->causes() != nullptr ? reinterpret_cast<const std::byte*>(body_->causes()->Data()) : nullptr;
  journal_ = journal_id{body_->journal()};
  sequence_ = frame_sequence{body_->sequence()};
}

std::uint64_t frame::epoch() const noexcept {
  return body_->epoch();
}

timestamp frame::time() const noexcept {
  return timestamp(std::chrono::nanoseconds(body_->time()));
}

frame_hash frame::previous() const noexcept {
  const auto* p = body_->previous();
  return {p->a(), p->b(), p->c(), p->d()};
}

std::string journal_name(std::string_view service, std::uint32_t partition) {
  return std::string(service) + "/" + std::to_string(partition);
}

} // namespace reel::core
