#include "transport/embedded/embedded_snapshots.hpp"

#include "transport/chain.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace reel::transport {

namespace {

constexpr std::size_t kept_per_journal = 2;
constexpr std::string_view extension = ".snapshot";

/// What stands before the snapshot's bytes in its file. Little endian.
struct file_header {
  char magic[4] = {'R', 'S', 'N', '1'};
  std::uint32_t journal = 0;
  std::uint64_t sequence = 0;
  core::frame_hash hash{};
  std::uint64_t size = 0;
  std::uint64_t checksum = 0; ///< XXH3 of this header with checksum 0, and of the bytes
};
static_assert(sizeof(file_header) == 64);

std::uint64_t checksum_of(file_header header, std::string_view bytes) {
  header.checksum = core::xxh3(bytes);
  return core::xxh3({reinterpret_cast<const char*>(&header), sizeof(header)});
}

std::string name_of(journal_id journal, frame_sequence sequence) {
  char text[48];
  std::snprintf(text, sizeof(text), "%08x-%016llx.snapshot", static_cast<unsigned>(journal),
                static_cast<unsigned long long>(sequence));
  return text;
}

class open_file {
public:
  open_file(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~open_file() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  [[nodiscard]] bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        return false;
      }
      bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
  }
  [[nodiscard]] bool sync() const {
    return ::fsync(descriptor_) == 0;
  }
  [[nodiscard]] bool good() const {
    return descriptor_ >= 0;
  }

private:
  int descriptor_;
};

bool write_whole(const std::filesystem::path& path, const snapshot& s) {
  file_header header;
  header.journal = static_cast<std::uint32_t>(s.journal);
  header.sequence = static_cast<std::uint64_t>(s.sequence);
  header.hash = s.hash;
  header.size = s.bytes.size();
  header.checksum = checksum_of(header, s.bytes);
  const open_file file(path, O_WRONLY | O_CREAT | O_TRUNC);
  return file.good() && file.write({reinterpret_cast<const char*>(&header), sizeof(header)}) && file.write(s.bytes) &&
         file.sync();
}

std::optional<snapshot> read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  file_header header;
  if (!in.read(reinterpret_cast<char*>(&header), sizeof(header)) || std::memcmp(header.magic, "RSN1", 4) != 0) {
    return std::nullopt;
  }
  snapshot s;
  s.bytes.assign(std::istreambuf_iterator<char>(in), {});
  if (s.bytes.size() != header.size || checksum_of(header, s.bytes) != header.checksum) {
    return std::nullopt;
  }
  s.journal = journal_id{header.journal};
  s.sequence = frame_sequence{header.sequence};
  s.hash = header.hash;
  return s;
}

} // namespace

embedded_snapshots::embedded_snapshots(const std::filesystem::path& directory)
    : directory_(directory / "snapshots"), thread_([this] { run(); }) {}

embedded_snapshots::~embedded_snapshots() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void embedded_snapshots::put(snapshot s) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(queue_, [&s](const snapshot& waiting) { return waiting.journal == s.journal; });
    queue_.push_back(std::move(s));
  }
  changed_.notify_one();
}

core::expected<std::vector<snapshot>> embedded_snapshots::load(journal_id journal) {
  std::vector<snapshot> result;
  const std::lock_guard lock(files_);
  for (const auto& file : files_of(journal)) {
    auto s = read_whole(file.path);
    if (!s || s->journal != journal || s->sequence != file.sequence) {
      spdlog::warn("snapshot.damaged file={}", file.path.string());
      continue;
    }
    result.push_back(std::move(*s));
  }
  return result;
}

std::uint64_t embedded_snapshots::disk_bytes() const {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (const auto& file : std::filesystem::directory_iterator(directory_, failed)) {
    const auto size = file.file_size(failed);
    bytes += failed ? 0 : size;
  }
  return bytes;
}

void embedded_snapshots::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
      return;
    }
    const auto next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    store(next);
    lock.lock();
  }
}

void embedded_snapshots::store(const snapshot& s) {
  const std::lock_guard lock(files_);
  std::error_code failed;
  std::filesystem::create_directories(directory_, failed);
  const auto path = directory_ / name_of(s.journal, s.sequence);
  const auto unfinished = path.string() + ".new";
  if (!write_whole(unfinished, s) || ::rename(unfinished.c_str(), path.c_str()) != 0) {
    // Recovery takes an older one, or the journal alone.
    spdlog::warn("snapshot.not_stored file={} error=\"{}\"", path.string(), std::strerror(errno));
    std::filesystem::remove(unfinished, failed);
    return;
  }
  if (const open_file folder(directory_, O_RDONLY | O_DIRECTORY); !folder.good() || !folder.sync()) {
    spdlog::warn("snapshot.not_synced directory={} error=\"{}\"", directory_.string(), std::strerror(errno));
    return; // the older ones stay
  }
  const auto files = files_of(s.journal);
  for (std::size_t i = kept_per_journal; i < files.size(); ++i) {
    std::filesystem::remove(files[i].path, failed);
  }
}

std::vector<embedded_snapshots::stored_file> embedded_snapshots::files_of(journal_id journal) const {
  const auto prefix = text_of(journal) + "-";
  std::vector<stored_file> result;
  std::error_code missing;
  for (const auto& file : std::filesystem::directory_iterator(directory_, missing)) {
    const auto name = file.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(extension)) {
      continue;
    }
    std::uint64_t sequence = 0;
    const auto* end = name.data() + name.size() - extension.size();
    if (std::from_chars(name.data() + prefix.size(), end, sequence, 16).ptr == end) {
      result.push_back({file.path(), frame_sequence{sequence}});
    }
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.sequence > b.sequence; });
  return result;
}

} // namespace reel::transport
