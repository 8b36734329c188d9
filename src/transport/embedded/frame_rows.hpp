// The database of the embedded log: its schema, and reading frames from it.
#pragma once

#include "transport/embedded/options.hpp"
#include "transport/embedded/sqlite.hpp"
#include "transport/log.hpp"

#include <optional>
#include <unordered_map>

namespace reel::transport {

/// A frame's row: journals one after the other, each in the order of its frames.
[[nodiscard]] constexpr std::int64_t row_of(std::int64_t journal_number, frame_sequence sequence) noexcept {
  constexpr int sequence_bits = 40; // 10^12 frames in a journal, 8 million journals
  return (journal_number << sequence_bits) | static_cast<std::int64_t>(sequence);
}

/// Opens the database for the writer, creating it when it does not exist.
[[nodiscard]] core::expected<sqlite::database> open_for_writing(const embedded_options& options);
/// Opens it for the threads that read beside the writer, or for a tool.
[[nodiscard]] core::expected<sqlite::database> open_for_reading(const embedded_options& options);
[[nodiscard]] std::filesystem::path database_path(const std::filesystem::path& directory);
/// What database and write-ahead log take on disk.
[[nodiscard]] std::uint64_t database_bytes(const std::filesystem::path& directory);

/// Reads through one connection. Not thread-safe.
class frame_rows {
public:
  /// `registry` may be null; otherwise it must outlive this.
  [[nodiscard]] static core::expected<frame_rows> open(sqlite::database db, const core::event_registry* registry);

  struct stored_journal {
    std::int64_t number = 0;
    journal_description description;
  };
  /// Errors: corrupt, chain_broken, io.
  [[nodiscard]] core::expected<std::vector<stored_journal>> journals();
  [[nodiscard]] core::expected<std::optional<std::int64_t>> number_of(journal_id journal);
  [[nodiscard]] core::expected<journal_tail> last(std::int64_t journal_number, journal_id journal);
  /// Decoded and checked frames from `from` on. Errors: corrupt, chain_broken, io.
  [[nodiscard]] core::expected<frames> read(std::int64_t journal_number, journal_id journal, frame_sequence from,
                                            std::size_t bytes_max);

private:
  frame_rows(sqlite::database db, const core::event_registry* registry) : db_(std::move(db)), registry_(registry) {}
  [[nodiscard]] core::expected<std::shared_ptr<const core::frame>> decode(std::span<const std::byte> stored,
                                                                          const std::string& where) const;

  sqlite::database db_; // declared first: statements must not outlive it
  const core::event_registry* registry_;
  sqlite::statement range_;
  sqlite::statement newest_;
  sqlite::statement number_;
  sqlite::statement all_;
  std::unordered_map<journal_id, journal_tail>
      read_to_; // where the last read of a journal ended: the next one is checked against it
};

} // namespace reel::transport
