#include "cli/demo/csv_reader.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace reel::demo;

namespace {

/// Each record as "line:field|field", faults as "line!fault".
std::vector<std::string> records_of(std::string_view text) {
  csv_reader reader{text};
  csv_record record;
  std::vector<std::string> result;
  while (reader.next(record)) {
    if (!record.fault.empty()) {
      result.push_back(fmt::format("{}!{}", record.line, record.fault));
      continue;
    }
    std::string fields;
    for (const auto field : record.fields)
      fields += (fields.empty() ? "" : "|") + std::string{field};
    result.push_back(fmt::format("{}:{}", record.line, fields));
  }
  return result;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("plain records, with and without a last line break") {
  CHECK(records_of("a,b\n1,2\n") == lines{"1:a|b", "2:1|2"});
  CHECK(records_of("a,b\r\n1,2") == lines{"1:a|b", "2:1|2"});
  CHECK(records_of("a\rb\r") == lines{"1:a", "2:b"});
  CHECK(records_of("\n\n1,\n") == lines{"3:1|"});
  CHECK(records_of("").empty());
}

TEST_CASE("quoted fields hold commas, quotes and line breaks") {
  CHECK(records_of("\"a,b\",\"say \"\"hi\"\"\",\"\"\n") == lines{"1:a,b|say \"hi\"|"});
  CHECK(records_of("1,\"two\nlines\",3\nnext") == lines{"1:1|two\nlines|3", "3:next"});
  CHECK(records_of("\"a\r\nb\"\r\nx") == lines{"1:a\r\nb", "3:x"});
}

TEST_CASE("a quote inside an unquoted field is a character") {
  CHECK(records_of("TRAY 12\" ROUND,3\n") == lines{"1:TRAY 12\" ROUND|3"});
}

TEST_CASE("a faulty quote spoils its own line alone") {
  CHECK(records_of("1,\"open\n2,b\n") == lines{"1!column 2: the quote is never closed", "2:2|b"});
  CHECK(records_of("1,\"a\"x,3\n2,b\n") ==
        lines{"1!column 2: text after the closing quote, expected a comma", "2:2|b"});
  CHECK(records_of("1,\"a\nb\"x\n2,b\n") ==
        lines{"1!column 2: text after the closing quote, expected a comma", "3:2|b"});
  CHECK(records_of("\"a\nb\",\"c\nd\n") == lines{"1!column 2: the quote is never closed", "3:d"});
}

TEST_CASE("fields have a limit, quoted or not") {
  const std::string wide(csv_field_bytes_max + 1, 'w');
  CHECK(records_of(wide + "\nx\n").at(0) == "1!column 1: 4097 bytes, at most 4096 are accepted");
  CHECK(records_of(wide + "\nx\n").at(1) == "2:x");
  CHECK(records_of("\"" + wide + "\"\nx\n").at(0) == "1!column 1: no closing quote within the 4096 bytes accepted");
  CHECK(records_of("\"" + wide + "\"\nx\n").at(1) == "2:x");
  const std::string full(csv_field_bytes_max, 'f');
  CHECK(records_of(full).at(0) == "1:" + full);
  CHECK(records_of("\"" + full + "\"").at(0) == "1:" + full);
}

TEST_CASE("the number of columns has a limit") {
  CHECK(records_of(std::string(csv_fields_max, ',') + "\nx") == lines{"1!more than 256 columns", "2:x"});
}
