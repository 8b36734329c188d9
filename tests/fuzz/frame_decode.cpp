// Fuzz target: stored frames, from bytes to the last byte of the last event.
#include "core/frame.hpp"
#include "core/stored_header.hpp"

#include <reel/frame_generated.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using namespace reel;
using namespace reel::core;

/// Reads every byte of the vector, so that a sanitizer sees one that lies outside.
template <class Vector>
std::uint64_t touch(const Vector* vector) {
  std::uint64_t sum = 0;
  if (vector != nullptr) {
    for (std::size_t i = 0; i < vector->size(); ++i) {
      sum += vector->Data()[i];
    }
  }
  return sum;
}

std::uint64_t touch_rest(const wire::Frame& body) {
  std::uint64_t sum = touch(body.owner());
  if (const auto* genesis = body.genesis()) {
    sum += touch(genesis->cluster()) + touch(genesis->service()) + touch(genesis->key_hash());
    sum += touch(genesis->chain_hash());
  }
  if (const auto* inputs = body.inputs()) {
    for (const auto* input : *inputs) {
      sum += input->from() + input->to() + input->hash() + input->journal();
    }
  }
  if (const auto* dependencies = body.dependencies()) {
    for (const auto* dependency : *dependencies) {
      sum += dependency->sequence() + dependency->hash() + dependency->journal();
    }
  }
  if (const auto* added = body.pending_added()) {
    for (const auto* entry : *added) {
      sum += touch(entry->actor()) + touch(entry->reaction()) + touch(entry->key());
      sum += touch(entry->error()) + touch(entry->payload());
    }
  }
  if (const auto* settled = body.pending_settled()) {
    for (const auto number : *settled) {
      sum += number;
    }
  }
  if (const auto* decisions = body.decisions()) {
    for (const auto* decision : *decisions) {
      sum += decision->number() + touch(decision->by()) + touch(decision->reason());
    }
  }
  if (const auto* ended = body.ended()) {
    for (const auto* entity : *ended) {
      sum += entity->actor() + touch(entity->key());
    }
  }
  if (const auto* ingress = body.ingress()) {
    sum += touch(ingress->input()) + ingress->offset();
  }
  return sum;
}

void read_all(bytes_view stored) {
  const auto decoded = frame::decode(stored);
  if (!decoded) {
    if (decoded.error().code != errc::corrupt || decoded.error().what.empty()) {
      std::abort();
    }
    return;
  }
  const auto& f = **decoded;
  std::uint64_t sum = touch_rest(f.body());
  sum += f.epoch() + f.previous()[0] + static_cast<std::uint64_t>(f.time().time_since_epoch().count());
  for (std::size_t i = 0; i < f.event_count(); ++i) {
    const auto event = f.event(i);
    if (reinterpret_cast<std::uintptr_t>(event.payload.data()) % 8 != 0 || event.type != f.type_of(i)) {
      std::abort();
    }
    // Events may share payload bytes, so reading all of each would take quadratic time.
    if (!event.payload.empty()) {
      sum += static_cast<std::uint64_t>(event.payload.front()) + static_cast<std::uint64_t>(event.payload.back());
    }
    sum += static_cast<std::uint64_t>(event.cause.sequence);
  }
  volatile std::uint64_t kept = sum;
  static_cast<void>(kept);
}

/// Gives the bytes a header that is right, so that they reach what is checked after it.
std::vector<std::byte> with_header(bytes_view body, std::uint8_t flags, std::size_t raw_size) {
  stored_header header;
  header.flags = flags;
  header.raw_size = static_cast<std::uint32_t>(raw_size);
  header.checksum = header.checksum_of(body);
  std::vector<std::byte> stored(sizeof(header) + body.size());
  std::memcpy(stored.data(), &header, sizeof(header));
  if (!body.empty()) {
    std::memcpy(stored.data() + sizeof(header), body.data(), body.size());
  }
  return stored;
}

} // namespace

/// The first byte says how the others are read: as stored bytes, as a FlatBuffer, or as an LZ4 block after its raw
/// size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const bytes_view rest(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
  switch (data[0] % 3) {
  case 0:
    read_all(rest);
    break;
  case 1:
    read_all(with_header(rest, 0, rest.size()));
    break;
  default:
    if (rest.size() >= 2) {
      const auto raw_size = static_cast<std::size_t>(rest[0]) | static_cast<std::size_t>(rest[1]) << 8U;
      read_all(with_header(rest.subspan(2), stored_header::lz4, raw_size));
    }
  }
  return 0;
}
