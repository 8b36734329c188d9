#include "cli/demo/csv_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::demo {

csv_reader::csv_reader(std::string_view text) : text_{text} {
  // Views into unescaped_ are handed out: its strings must not move while a record is read.
  unescaped_.resize(csv_fields_max);
}

bool csv_reader::at_line_end() const noexcept {
  return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
}

void csv_reader::take_line_end() noexcept {
  if (at_ >= text_.size())
    return;
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n')
    ++at_;
  ++at_;
  ++line_;
}

bool csv_reader::next(csv_record& record) {
  while (at_ < text_.size()) {
    record.fields.clear();
    record.fault.clear();
    record.line = line_;
    record_start_ = at_;
    unescaped_used_ = 0;
    if (at_line_end()) {
      take_line_end();
      continue;
    }
    read_fields(record);
    return true;
  }
  return false;
}

void csv_reader::read_fields(csv_record& record) {
  for (;;) {
    std::string_view field;
    if (record.fields.size() == csv_fields_max)
      return fail(record, fmt::format("more than {} columns", csv_fields_max), at_);
    if (at_ < text_.size() && text_[at_] == '"') {
      if (!read_quoted(record, field))
        return;
    } else {
      const auto start = at_;
      while (!at_line_end() && text_[at_] != ',')
        ++at_;
      field = text_.substr(start, at_ - start);
      if (field.size() > csv_field_bytes_max)
        return fail(record,
                    fmt::format("column {}: {} bytes, at most {} are accepted", record.fields.size() + 1, field.size(),
                                csv_field_bytes_max),
                    at_);
    }
    record.fields.push_back(field);
    if (at_line_end())
      return take_line_end();
    ++at_; // the comma
  }
}

bool csv_reader::read_quoted(csv_record& record, std::string_view& field) {
  const auto start = ++at_;
  bool doubled = false;
  for (;;) {
    const auto quote = text_.substr(0, std::min(text_.size(), start + csv_field_bytes_max + 1)).find('"', at_);
    if (quote == std::string_view::npos) {
      const bool ended = text_.size() - start <= csv_field_bytes_max;
      fail(record,
           fmt::format("column {}: {}", record.fields.size() + 1,
                       ended ? std::string{"the quote is never closed"}
                             : fmt::format("no closing quote within the {} bytes accepted", csv_field_bytes_max)),
           start);
      return false;
    }
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"')
      break;
    doubled = true;
    ++at_;
  }
  field = text_.substr(start, at_ - 1 - start);
  if (!at_line_end() && text_[at_] != ',') {
    fail(record, fmt::format("column {}: text after the closing quote, expected a comma", record.fields.size() + 1),
         at_);
    return false;
  }
  line_ += static_cast<std::uint64_t>(std::count(field.begin(), field.end(), '\n'));
  if (!doubled)
    return true;
  auto& copy = unescaped_[unescaped_used_++];
  copy.clear();
  for (std::size_t i = 0; i < field.size(); ++i) {
    copy.push_back(field[i]);
    if (field[i] == '"')
      ++i;
  }
  field = copy;
  return true;
}

void csv_reader::fail(csv_record& record, std::string reason, std::size_t resume) {
  record.fault = std::move(reason);
  // Line numbers count line breaks from the record's start, so that a quoted one is not missed or counted twice.
  at_ = resume;
  while (!at_line_end())
    ++at_;
  const auto passed = text_.substr(record_start_, at_ - record_start_);
  line_ = record.line + static_cast<std::uint64_t>(std::count(passed.begin(), passed.end(), '\n'));
  take_line_end();
}

} // namespace reel::demo
