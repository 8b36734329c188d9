// The embedded log and power: of everything that was written and not synced, any part may be on the disk afterwards.
//
//   log_embedded_power_loss_test [--points N] [--seed S] [--traces T] [--durability fsync|os]
//
// Records what a log does to its files (every write, truncation and sync, in order) while it appends and checkpoints,
// together with the moments when frames were acknowledged. Then builds, again and again, what a disk may hold when the
// power fails at some point of that record: synced bytes are there; each unsynced write is there, or not, or in parts
// of a sector's size, whatever became of the others; a removed file may be back until its directory is synced. Each
// such disk is opened: every frame that was acknowledged before must be there, and nothing that was not appended.

#include "core/hash.hpp"
#include "transport/chain.hpp"
#include "transport/embedded/embedded_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using namespace reel;

constexpr std::size_t sector = 512;

// -- recording --------------------------------------------------------------------------------------------------------

enum class step_kind { write, truncate, sync, remove, sync_names, acknowledged };

struct step {
  step_kind kind = step_kind::write;
  std::string file;  // its name without the directory; for acknowledged: nothing
  off_t offset = 0;  // of a write; the new size of a truncation
  std::string bytes; // of a write
  journal_id journal{};
  frame_sequence sequence{};
};

/// What happened to the files of one directory, in order. Thread-safe.
class recorder {
public:
  void begin(const std::filesystem::path& directory) {
    const std::lock_guard lock(mutex_);
    directory_ = directory;
    steps_.clear();
  }
  [[nodiscard]] std::vector<step> end() {
    const std::lock_guard lock(mutex_);
    directory_.clear();
    return std::move(steps_);
  }
  void note(int file, step_kind kind, off_t offset = 0, std::string bytes = {}) {
    const std::lock_guard lock(mutex_);
    if (directory_.empty()) {
      return;
    }
    std::array<char, 4096> path{};
    const auto link = "/proc/self/fd/" + std::to_string(file);
    const auto size = readlink(link.c_str(), path.data(), path.size());
    const std::filesystem::path name(std::string(path.data(), size < 0 ? 0 : static_cast<std::size_t>(size)));
    if (name.parent_path() == directory_) {
      steps_.push_back({kind, name.filename(), offset, std::move(bytes), {}, {}});
    } else if (name == directory_ && kind == step_kind::sync) {
      steps_.push_back({step_kind::sync_names, {}, 0, {}, {}, {}});
    }
  }
  void note_removed(const std::filesystem::path& file) {
    const std::lock_guard lock(mutex_);
    if (!directory_.empty() && file.parent_path() == directory_) {
      steps_.push_back({step_kind::remove, file.filename(), 0, {}, {}, {}});
    }
  }
  void acknowledge(journal_id journal, frame_sequence sequence) {
    const std::lock_guard lock(mutex_);
    steps_.push_back({step_kind::acknowledged, {}, 0, {}, journal, sequence});
  }

private:
  std::mutex mutex_;
  std::filesystem::path directory_;
  std::vector<step> steps_;
};

recorder& record() {
  static recorder instance;
  return instance;
}

ssize_t noted_write(int file, const void* bytes, size_t size, off_t offset) {
  const auto written = ::pwrite(file, bytes, size, offset);
  if (written > 0) {
    record().note(file, step_kind::write, offset,
                  std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(written)));
  }
  return written;
}

int noted_truncate(int file, off_t size) {
  const auto result = ::ftruncate(file, size);
  if (result == 0) {
    record().note(file, step_kind::truncate, size);
  }
  return result;
}

int noted_unlink(const char* file) {
  const auto result = ::unlink(file);
  if (result == 0) {
    record().note_removed(file);
  }
  return result;
}

int noted_sync(long number, int file) {
  const auto result = static_cast<int>(::syscall(number, file));
  record().note(file, step_kind::sync);
  return result;
}

void watch_sqlite() {
  auto* vfs = sqlite3_vfs_find(nullptr);
  const auto install = [vfs](const char* name, auto* function) {
    return vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(function)) == SQLITE_OK;
  };
  const bool writes = install("pwrite", &noted_write) | install("pwrite64", &noted_write);
  if (!writes || !install("ftruncate", &noted_truncate) || !install("unlink", &noted_unlink)) {
    throw std::runtime_error("SQLite cannot be watched");
  }
}

// -- what is appended -------------------------------------------------------------------------------------------------

constexpr std::uint32_t journals = 3;

core::genesis_record genesis_of(std::uint32_t partition) {
  return {"test", 0, "orders", partition, journals};
}

struct appended {
  std::vector<step> steps;
  std::map<journal_id, std::vector<core::frame_hash>> hashes; // frame n at n - 1, the genesis first
};

transport::embedded_options options_for(const std::filesystem::path& directory,
                                        transport::durability durability = transport::durability::os) {
  transport::embedded_options options;
  options.directory = directory;
  options.durability = durability;
  options.checkpoint_bytes = 256U << 10; // several checkpoints in one record
  options.page_bytes = 4096;
  return options;
}

class scratch {
public:
  scratch() {
    // In memory when that is possible: what is opened here is never meant to last.
    const std::filesystem::path memory = "/dev/shm";
    const auto base = access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    auto name = (base / "reel-power-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("cannot make a temporary directory at " + name);
    }
    path = name;
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  std::filesystem::path path;
};

/// One journal of the writer.
struct source {
  journal_id journal{};
  transport::journal_tail tail;
  core::frame_builder builder;

  core::sealed_frame next(std::size_t payload_bytes, std::mt19937_64& random) {
    std::vector<std::byte> payload(payload_bytes);
    for (auto& byte : payload) {
      byte = static_cast<std::byte>(random());
    }
    builder.add_event(event_type_id{7}, 1, correlation_id{1}, event_id{}, payload);
    auto sealed = builder.seal(journal, frame_sequence{static_cast<std::uint64_t>(tail.sequence) + 1}, 1, tail.hash,
                               timestamp{std::chrono::seconds(1'767'225'600)});
    tail = {sealed.decoded->sequence(), sealed.decoded->hash()};
    return sealed;
  }
};

/// Appends rounds of frames of random sizes, a few in flight, and records what that does to the disk.
appended append_and_record(std::uint64_t seed, transport::durability durability) {
  constexpr int rounds = 40;
  std::mt19937_64 random(seed);
  const scratch directory;
  appended result;
  record().begin(directory.path);
  auto log = transport::embedded_log::open(options_for(directory.path, durability));
  if (!log) {
    throw std::runtime_error(log.error().what);
  }
  std::vector<source> sources;
  for (std::uint32_t p = 0; p < journals; ++p) {
    const auto tail = (*log)->open(genesis_of(p));
    if (!tail) {
      throw std::runtime_error(tail.error().what);
    }
    sources.push_back({transport::journal_id_of(genesis_of(p)), *tail, {}});
    result.hashes[sources.back().journal].push_back(tail->hash);
    record().acknowledge(sources.back().journal, tail->sequence);
  }
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::future<void>> answers;
    for (auto count = 1 + random() % 6; count > 0; --count) {
      auto& s = sources[random() % sources.size()];
      const auto expected = s.tail.sequence;
      auto frame = s.next(random() % 3 == 0 ? random() % 30'000 : random() % 300, random);
      result.hashes[s.journal].push_back(frame.decoded->hash());
      const auto done = std::make_shared<std::promise<void>>();
      answers.push_back(done->get_future());
      const auto sequence = frame.decoded->sequence();
      (*log)->append(s.journal, expected, std::move(frame),
                     [done, journal = s.journal, sequence](const transport::append_result& answer) {
                       if (answer.outcome == transport::append_outcome::committed) {
                         record().acknowledge(journal, sequence);
                       }
                       done->set_value();
                     });
    }
    for (auto& answer : answers) {
      answer.get();
    }
  }
  log->reset();
  result.steps = record().end();
  return result;
}

// -- what a disk may hold ---------------------------------------------------------------------------------------------

/// The bytes of one file: those that are certain, and what was done since they were synced.
struct file_state {
  std::string durable;
  std::vector<const step*> unsynced;
  bool removed = false; // and the directory not synced since

  static void apply(const step& s, std::string& bytes, std::size_t from, std::size_t size) {
    if (s.kind == step_kind::truncate) {
      bytes.resize(static_cast<std::size_t>(s.offset));
      return;
    }
    const auto at = static_cast<std::size_t>(s.offset) + from;
    bytes.resize(std::max(bytes.size(), at + size));
    bytes.replace(at, size, s.bytes, from, size);
  }
  void sync() {
    for (const auto* s : unsynced) {
      apply(*s, durable, 0, s->bytes.size());
    }
    unsynced.clear();
  }
  /// A disk after the power has failed.
  [[nodiscard]] std::string after_failure(std::mt19937_64& random, std::uint64_t& torn, std::uint64_t& lost) const {
    auto bytes = durable;
    const auto mood = random() % 4; // all of it, nothing of it, or anything: the extremes deserve their share
    for (const auto* s : unsynced) {
      const auto chance = mood == 0 ? 0 : mood == 1 ? 1 : random() % 3;
      if (chance == 0) {
        apply(*s, bytes, 0, s->bytes.size());
      } else if (chance == 1 || s->kind == step_kind::truncate) {
        ++lost;
      } else {
        ++torn;
        for (std::size_t from = 0; from < s->bytes.size(); from += sector) {
          if (random() % 2 == 0) {
            apply(*s, bytes, from, std::min(sector, s->bytes.size() - from));
          }
        }
      }
    }
    return bytes;
  }
};

struct counts {
  std::uint64_t points = 0;
  std::uint64_t bad = 0;
  std::uint64_t torn = 0; // writes of which a part was there
  std::uint64_t lost = 0; // writes that were not
  std::uint64_t more = 0; // disks with frames that had not been acknowledged yet
};

/// Empty when the disk is as it must be.
std::string check_disk(const std::filesystem::path& directory, const appended& written,
                       const std::map<journal_id, frame_sequence>& acknowledged, counts& sum) {
  auto log = transport::embedded_log::open(options_for(directory));
  if (!log) {
    return "does not open: " + log.error().what;
  }
  const auto found = (*log)->journals();
  if (!found) {
    return "cannot be read: " + found.error().what;
  }
  std::map<journal_id, transport::journal_tail> tails;
  for (const auto& j : *found) {
    tails[j.id] = j.tail;
  }
  bool more = false;
  for (const auto& [journal, hashes] : written.hashes) {
    const auto acked = acknowledged.contains(journal) ? acknowledged.at(journal) : frame_sequence{};
    const auto last = tails.contains(journal) ? tails.at(journal).sequence : frame_sequence{};
    if (last < acked) {
      return "ends at frame " + std::to_string(static_cast<std::uint64_t>(last)) + ", and frame " +
             std::to_string(static_cast<std::uint64_t>(acked)) + " was acknowledged";
    }
    more = more || last > acked;
    if (last == frame_sequence{}) {
      continue;
    }
    const auto index = static_cast<std::size_t>(last) - 1;
    if (index >= hashes.size() || hashes[index] != tails.at(journal).hash) {
      return "holds a frame " + std::to_string(static_cast<std::uint64_t>(last)) + " that nobody appended";
    }
    std::promise<core::expected<transport::frames>> all;
    (*log)->read(journal, frame_sequence{1}, SIZE_MAX / 2,
                 [&all](core::expected<transport::frames> r) { all.set_value(std::move(r)); });
    const auto frames = all.get_future().get();
    if (!frames || frames->size() != static_cast<std::size_t>(last)) {
      return "lacks frames: " +
             (frames ? std::to_string(frames->size()) + " of " + std::to_string(static_cast<std::uint64_t>(last))
                     : frames.error().what);
    }
  }
  sum.more += more ? 1 : 0;
  return {};
}

void write_disk(const std::filesystem::path& directory, const std::map<std::string, std::string>& files) {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directory(directory);
  for (const auto& [name, bytes] : files) {
    std::ofstream out(directory / name, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
}

void fail_at_points(const appended& written, std::uint64_t points, std::mt19937_64& random, counts& sum) {
  const scratch place;
  std::vector<std::size_t> chosen;
  for (std::uint64_t i = 0; i < points; ++i) {
    chosen.push_back(random() % (written.steps.size() + 1));
  }
  std::sort(chosen.begin(), chosen.end());
  std::map<std::string, file_state> files;
  std::map<journal_id, frame_sequence> acknowledged;
  std::size_t at = 0;
  for (const auto point : chosen) {
    for (; at < point; ++at) {
      const auto& s = written.steps[at];
      if (s.kind == step_kind::acknowledged) {
        acknowledged[s.journal] = std::max(acknowledged[s.journal], s.sequence);
      } else if (s.kind == step_kind::sync) {
        files[s.file].sync();
      } else if (s.kind == step_kind::remove) {
        files[s.file].removed = true;
      } else if (s.kind == step_kind::sync_names) {
        std::erase_if(files, [](const auto& f) { return f.second.removed; });
      } else {
        files[s.file].unsynced.push_back(&s);
      }
    }
    std::map<std::string, std::string> disk;
    for (const auto& [name, file] : files) {
      const bool gone = file.removed && random() % 2 == 0;
      if (!gone && !name.ends_with("-shm")) { // the shared index is rebuilt at every start, never trusted
        disk[name] = file.after_failure(random, sum.torn, sum.lost);
      }
    }
    write_disk(place.path / "disk", disk);
    const auto wrong = check_disk(place.path / "disk", written, acknowledged, sum);
    ++sum.points;
    if (!wrong.empty()) {
      ++sum.bad;
      std::printf("power fails after step %zu of %zu: the journal %s\n", point, written.steps.size(), wrong.c_str());
    }
  }
}

std::uint64_t number(const char* text) {
  return std::strtoull(text, nullptr, 10);
}

} // namespace

// Stand in for libc's in the whole process: SQLite has no other hook for them.
extern "C" int fdatasync(int file) {
  return noted_sync(SYS_fdatasync, file);
}
extern "C" int fsync(int file) {
  return noted_sync(SYS_fsync, file);
}

int main(int argc, char** argv) {
  std::uint64_t points = 3000;
  std::uint64_t seed = 1;
  std::uint64_t traces = 10;
  auto durability = transport::durability::fsync;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--durability") { // with "os" acknowledged frames are lost: this test must say so
      durability = std::string(argv[i + 1]) == "os" ? transport::durability::os : transport::durability::fsync;
      continue;
    }
    (option == "--points" ? points : option == "--seed" ? seed : traces) = number(argv[i + 1]);
  }
  watch_sqlite();
  counts sum;
  std::size_t steps = 0;
  std::size_t syncs = 0;
  for (std::uint64_t trace = 0; trace < traces; ++trace) {
    const auto written = append_and_record(seed + trace, durability);
    steps += written.steps.size();
    syncs += static_cast<std::size_t>(std::count_if(written.steps.begin(), written.steps.end(),
                                                    [](const step& s) { return s.kind == step_kind::sync; }));
    std::mt19937_64 random(seed + trace * 7919);
    fail_at_points(written, (points + traces - 1) / traces, random, sum);
  }
  std::printf("%llu points of %zu steps (%zu syncs): %llu writes torn, %llu lost; %llu disks held more than was "
              "acknowledged\n",
              static_cast<unsigned long long>(sum.points), steps, syncs, static_cast<unsigned long long>(sum.torn),
              static_cast<unsigned long long>(sum.lost), static_cast<unsigned long long>(sum.more));
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(sum.points - sum.bad),
              static_cast<unsigned long long>(sum.bad));
  return sum.bad == 0 && sum.points > 0 && sum.torn > 0 && sum.lost > 0 ? 0 : 1;
}
