// Reads CSV as RFC 4180 has it (quotes, quoted line breaks, CRLF), record by record, with line numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reel::demo {

/// One record. The fields are valid until the next call of csv_reader::next.
struct csv_record {
  std::uint64_t line = 0; ///< where it starts; 1 for the first line
  std::vector<std::string_view> fields;
  std::string fault; ///< why it is no valid record, or empty; the fields are not to be used then
};

/// A quote within a field that does not start with one is taken as it is, since real files have inches in them. A
/// quote that is never closed, or a field longer than `csv_field_bytes_max`, spoils its line alone: reading goes on at
/// the next one. Not thread-safe; the text must outlive the reader.
class csv_reader {
public:
  explicit csv_reader(std::string_view text);
  /// The next record that is not blank; false at the end.
  [[nodiscard]] bool next(csv_record& record);

private:
  void read_fields(csv_record& record);
  bool read_quoted(csv_record& record, std::string_view& field);
  void fail(csv_record& record, std::string reason, std::size_t resume);
  [[nodiscard]] bool at_line_end() const noexcept;
  void take_line_end() noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::size_t record_start_ = 0;
  std::vector<std::string> unescaped_; // fields whose doubled quotes had to be removed
  std::size_t unescaped_used_ = 0;
};

inline constexpr std::size_t csv_field_bytes_max = 4096;
inline constexpr std::size_t csv_fields_max = 256;

} // namespace reel::demo
