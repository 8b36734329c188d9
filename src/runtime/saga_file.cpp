#include "runtime/saga_file.hpp"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>

namespace reel::runtime {

namespace {

constexpr std::size_t checksum_bytes = sizeof(std::uint64_t);

} // namespace

std::filesystem::path saga_file(const std::filesystem::path& views) {
  return views / "sagas.ledger";
}

bool load_sagas(const std::filesystem::path& file, core::saga_ledger& ledger) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) {
    return false;
  }
  const auto bytes = std::move(content).str();
  if (bytes.size() < checksum_bytes) {
    return false;
  }
  const auto payload = std::string_view(bytes).substr(checksum_bytes); // aligned for FlatBuffers, as the file's start
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, bytes.data(), checksum_bytes);
  return core::xxh3(payload) == checksum && ledger.load(payload);
}

core::expected<void> save_sagas(const std::filesystem::path& file, const core::saga_ledger& ledger) {
  const auto payload = ledger.save();
  const auto checksum = core::xxh3(payload);
  auto fresh = file;
  fresh += ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(&checksum), checksum_bytes);
  out.write(payload.data(), static_cast<std::streamsize>(payload.size()));
  out.close();
  if (!out) {
    return core::fail(core::errc::io, "cannot write " + fresh.string());
  }
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed) {
    return core::fail(core::errc::io, "cannot replace " + file.string() + ": " + failed.message());
  }
  return {};
}

} // namespace reel::runtime
