// What a benchmark prints: a table for people, the same as JSON for programs, and the machine that it ran on.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace reel::cli::bench {

/// A figure as measured, or why there is none.
struct figure {
  std::string text;      ///< "12.4 ms", "not reached"
  std::string specified; ///< the specification's, as it prints it; empty: it has none
  double value = 0;      ///< in the column's unit
  bool measured = true;
};

struct column {
  std::string title; ///< "p99"
  std::string key;   ///< in JSON, with the unit: "p99_ms"
};

struct row {
  std::string name;
  std::vector<figure> figures; ///< parallel to the columns
};

struct report {
  std::string name;     ///< "window"
  std::string question; ///< what is measured, in a sentence
  std::vector<column> columns;
  std::vector<row> rows;
  std::vector<std::string> notes; ///< how it was measured, and what limits it
};

[[nodiscard]] std::string report_text(const report& r);
[[nodiscard]] nlohmann::ordered_json report_json(const report& r);

/// "AMD EPYC 7B13, 2 cores, 23.5 GiB; Linux 6.1; built with g++ 12.2, optimised"
[[nodiscard]] std::string machine_text();

} // namespace reel::cli::bench
